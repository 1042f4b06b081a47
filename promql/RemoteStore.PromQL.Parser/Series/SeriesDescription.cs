using System.Diagnostics.CodeAnalysis;
using System.Text;
using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Diagnosis;
using RemoteStore.PromQL.Parser.Lalr;
using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.PromQL.Parser.Series;

/// <summary>
/// A series of a test script: labels and values, <c>metric{a="b"} 1+1x5 _ stale {{schema:1 buckets:[1 2]}}</c>. Position i of the values is the i-th interval.
/// </summary>
/// <param name="Labels">The labels in the order of their names, <c>__name__</c> among them; no empty values.</param>
/// <param name="Values">The values; empty when none are given.</param>
public sealed record SeriesDescription(IReadOnlyList<KeyValuePair<string, string>> Labels, IReadOnlyList<SeriesValue> Values)
{
    /// <summary>Most values a description may expand to.</summary>
    public const int MaxValues = 10_000_000;

    /// <summary>Parses a description.</summary>
    /// <param name="text">The text.</param>
    /// <param name="description">The description when true is returned.</param>
    /// <param name="faults">What is wrong when false is returned; the first is what Prometheus reports.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out SeriesDescription? description, [NotNullWhen(false)] out IReadOnlyList<ParseFault>? faults)
    {
        ArgumentNullException.ThrowIfNull(text);
        description = Run(text, ItemKind.StartSeriesDescription, out faults) as SeriesDescription;
        return description is not null && faults is null;
    }

    /// <summary>Parses labels alone: <c>metric{a="b"}</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="labels">The labels in the order of their names when true is returned.</param>
    /// <param name="faults">What is wrong when false is returned.</param>
    public static bool TryParseLabels(
        string text, [NotNullWhen(true)] out IReadOnlyList<KeyValuePair<string, string>>? labels, [NotNullWhen(false)] out IReadOnlyList<ParseFault>? faults)
    {
        ArgumentNullException.ThrowIfNull(text);
        labels = Run(text, ItemKind.StartMetric, out faults) as IReadOnlyList<KeyValuePair<string, string>>;
        return labels is not null && faults is null;
    }

    private static object? Run(string text, ItemKind start, out IReadOnlyList<ParseFault>? faults)
    {
        byte[] source = Encoding.UTF8.GetBytes(text);
        ParserOptions options = ParserOptions.Default;
        var context = new ParseContext(source, options);
        var tokens = Tokens.Cut(source, start == ItemKind.StartSeriesDescription, options);
        if (tokens.Refusal is var (position, message))
        {
            context.Fault(position, message);
        }
        else
        {
            new LalrParser(DiagnosisGrammar.Table, context, tokens, start).Run();
        }

        faults = context.HasFaults ? context.Faults() : null;
        return faults is null ? context.Result : null;
    }
}
