namespace RemoteStore.Model.Regexp;

/// <summary>
/// Literals with <c>.*</c> or <c>.+</c> between, before or behind them: prefix, suffix, "contains" and their combinations. Taking the first place where each
/// literal fits is enough, because a gap only has a least length.
/// </summary>
internal sealed class GlobTest : ValueTest
{
    private readonly byte[] _prefix;
    private readonly (int MinGap, byte[] Text)[] _middle;
    private readonly int _lastGap;
    private readonly byte[] _suffix;

    private GlobTest(byte[] prefix, (int, byte[])[] middle, int lastGap, byte[] suffix)
    {
        _prefix = prefix;
        _middle = middle;
        _lastGap = lastGap;
        _suffix = suffix;
    }

    /// <summary>True when every value matches.</summary>
    public bool MatchesEverything => IsOneGap && _lastGap == 0;

    /// <summary>True when every value but the empty one matches.</summary>
    public bool MatchesEverythingButEmpty => IsOneGap && _lastGap == 1;

    private bool IsOneGap => _prefix.Length == 0 && _suffix.Length == 0 && _middle.Length == 0;

    /// <summary>Makes the test for a simplified tree; null when the tree is of another form.</summary>
    public static GlobTest? TryCreate(RegexNode node)
    {
        IReadOnlyList<RegexNode> parts = node is ConcatNode concat ? concat.Parts : [node];
        var middle = new List<(int, byte[])>();
        byte[] prefix = [];
        byte[] suffix = [];
        int gap = -1; // since the last literal; -1 before the first gap
        foreach (RegexNode part in parts)
        {
            if (RegexSimplifier.IsAnything(part, out int min))
            {
                if (suffix.Length > 0)
                {
                    middle.Add((gap, suffix));
                    suffix = [];
                    gap = 0;
                }

                gap = Math.Max(gap, 0) + min;
                if (gap > 1)
                {
                    return null; // the gap counts code points, of which bytes say nothing from two on
                }
            }
            else if (part is LiteralNode literal && suffix.Length == 0)
            {
                prefix = gap < 0 ? literal.Utf8 : prefix;
                suffix = gap < 0 ? [] : literal.Utf8;
            }
            else
            {
                return null;
            }
        }

        return gap < 0 ? null : new GlobTest(prefix, [.. middle], gap, suffix);
    }

    public override bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.StartsWith(_prefix))
        {
            return false;
        }

        int position = _prefix.Length;
        foreach ((int minGap, byte[] text) in _middle)
        {
            int from = position + minGap;
            int found = from <= utf8.Length ? utf8[from..].IndexOf(text) : -1;
            if (found < 0)
            {
                return false;
            }

            position = from + found + text.Length;
        }

        return utf8.Length - _suffix.Length >= position + _lastGap && utf8.EndsWith(_suffix);
    }
}
