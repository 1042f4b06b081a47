namespace RemoteStore.PromQL.Parser;

/// <summary>What the parser accepts. The defaults take everything Prometheus has, experimental or not.</summary>
public sealed record ParserOptions
{
    /// <summary>Accepts everything, within the usual bounds.</summary>
    public static ParserOptions Default { get; } = new();

    /// <summary>Functions and aggregations that Prometheus has behind <c>promql-experimental-functions</c>.</summary>
    public bool ExperimentalFunctions { get; init; } = true;

    /// <summary>Arithmetic in ranges, offsets and steps.</summary>
    public bool DurationExpressions { get; init; } = true;

    /// <summary><c>anchored</c> and <c>smoothed</c>.</summary>
    public bool ExtendedRangeSelectors { get; init; } = true;

    /// <summary><c>fill</c>, <c>fill_left</c>, <c>fill_right</c>.</summary>
    public bool FillModifiers { get; init; } = true;

    /// <summary>Longest query, in bytes of UTF-8.</summary>
    public int MaxLengthBytes { get; init; } = 1 << 20;

    /// <summary>Most parentheses, brackets, signs and powers inside one another.</summary>
    public int MaxNesting { get; init; } = 256;

    /// <summary>
    /// Most nodes between the root of the tree and a leaf: a chain of operators is a tree as high as the chain is long, and whatever walks the tree needs a stack
    /// for all of it.
    /// </summary>
    public int MaxHeight { get; init; } = 2_000;
}
