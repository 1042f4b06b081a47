using System.Text;

namespace RemoteStore.Model.Regexp;

/// <summary>A group being parsed: the branches before the last bar, and the parts since.</summary>
internal sealed class ParseGroup(ParseFlags outerFlags, int captureIndex, string? name)
{
    private readonly List<RegexNode> _branches = [];
    private readonly List<byte> _run = []; // literal bytes not yet a node
    private List<RegexNode> _parts = [];
    private int _lastRuneLength;

    public ParseFlags OuterFlags { get; } = outerFlags;

    public int CaptureIndex { get; } = captureIndex;

    public string? Name { get; } = name;

    public void Add(RegexNode node)
    {
        FlushRun();
        _parts.Add(node);
    }

    public void AddRune(int rune)
    {
        if (!Rune.IsValid(rune))
        {
            Add(new ClassNode(RuneClass.Range(rune, rune))); // \x{D800} is legal and matches nothing, as UTF-8 has no surrogates
            return;
        }

        Span<byte> utf8 = stackalloc byte[4];
        _lastRuneLength = new Rune(rune).EncodeToUtf8(utf8);
        _run.AddRange(utf8[.._lastRuneLength]);
    }

    /// <summary>Removes what a repetition operator applies to; null when there is nothing.</summary>
    public RegexNode? TakeLast()
    {
        RegexNode last;
        if (_run.Count > 0)
        {
            last = new LiteralNode([.. _run[^_lastRuneLength..]]);
            _run.RemoveRange(_run.Count - _lastRuneLength, _lastRuneLength);
            return last;
        }

        if (_parts.Count == 0)
        {
            return null;
        }

        last = _parts[^1];
        _parts.RemoveAt(_parts.Count - 1);
        return last;
    }

    public void EndBranch(Re2Parser parser) => _branches.Add(Concat(parser));

    public RegexNode ToNode(Re2Parser parser)
    {
        EndBranch(parser);
        return _branches.Count == 1 ? _branches[0] : parser.Checked(new AlternateNode(_branches));
    }

    private RegexNode Concat(Re2Parser parser)
    {
        FlushRun();
        List<RegexNode> parts = _parts;
        _parts = [];
        return parts.Count switch
        {
            0 => EmptyNode.Instance,
            1 => parts[0],
            _ => parser.Checked(new ConcatNode(parts)),
        };
    }

    private void FlushRun()
    {
        if (_run.Count > 0)
        {
            _parts.Add(new LiteralNode([.. _run]));
            _run.Clear();
        }
    }
}
