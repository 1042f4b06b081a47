using System.Diagnostics.CodeAnalysis;

namespace RemoteStore.Model.Regexp;

/// <summary>
/// A regular expression of RE2 syntax, matched against whole values as Prometheus does: <c>^(?s:pattern)$</c>, where <c>$</c> is the end of the value and
/// the dot matches newlines. Works on UTF-8; time is linear in the value, memory is bounded whatever the pattern.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class Re2Regex
{
    private readonly ValueTest _test;
    private readonly RegexNode _tree;

    private Re2Regex(string pattern, RegexNode tree, IReadOnlyList<string?> captureNames)
    {
        Pattern = pattern;
        CaptureNames = captureNames;
        _tree = tree;
        RegexNode simple = RegexSimplifier.ForWholeValue(tree);
        SetMatches = LiteralAnalysis.FindValues(simple);
        byte[] prefix = LiteralAnalysis.FindAffix(simple, atEnd: false);
        byte[] suffix = LiteralAnalysis.FindAffix(simple, atEnd: true);
        Prefix = prefix;
        Suffix = suffix;
        if (SetMatches is not null)
        {
            _test = new LiteralSetTest(SetMatches);
        }
        else if (GlobTest.TryCreate(simple) is { } glob)
        {
            _test = glob;
            MatchesEverything = glob.MatchesEverything;
            MatchesEverythingButEmpty = glob.MatchesEverythingButEmpty;
        }
        else
        {
            _test = new AutomatonTest(new LazyDfa(RegexCompiler.Compile(simple, pattern, captures: false), pattern), prefix, suffix);
        }
    }

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>All values that match, each once, when they are finitely many and reasonably few (alternations of literals, small classes); else null.</summary>
    public IReadOnlyList<byte[]>? SetMatches { get; }

    /// <summary>Bytes with which every matching value begins; may be empty.</summary>
    public ReadOnlyMemory<byte> Prefix { get; }

    /// <summary>Bytes with which every matching value ends; may be empty.</summary>
    public ReadOnlyMemory<byte> Suffix { get; }

    /// <summary>True when the pattern is known to match every value, as <c>.*</c> does.</summary>
    public bool MatchesEverything { get; }

    /// <summary>True when the pattern is known to match every value but the empty one, as <c>.+</c> does.</summary>
    public bool MatchesEverythingButEmpty { get; }

    /// <summary>Names of the capture groups from 1 on; null for those without a name.</summary>
    public IReadOnlyList<string?> CaptureNames { get; }

    /// <summary>The way values are tested; for tests.</summary>
    internal ValueTest Test => _test;

    /// <summary>The tree as parsed; for tests.</summary>
    internal RegexNode Tree => _tree;

    /// <summary>Parses a pattern.</summary>
    /// <param name="pattern">RE2 syntax.</param>
    /// <param name="regex">The expression, null when false is returned.</param>
    /// <param name="error">What is wrong, in the words of Go's regexp package, null when true is returned.</param>
    public static bool TryParse(string pattern, [NotNullWhen(true)] out Re2Regex? regex, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        try
        {
            (RegexNode tree, IReadOnlyList<string?> captureNames) = Re2Parser.Parse(pattern);
            regex = new Re2Regex(pattern, tree, captureNames);
            error = null;
            return true;
        }
        catch (Re2SyntaxException e)
        {
            regex = null;
            error = e.Message;
            return false;
        }
    }

    /// <summary>True when the whole value matches.</summary>
    /// <param name="utf8Value">Valid UTF-8.</param>
    public bool IsMatch(ReadOnlySpan<byte> utf8Value) => _test.IsMatch(utf8Value);
}
