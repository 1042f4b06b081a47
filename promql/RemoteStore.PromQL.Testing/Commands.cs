using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Series;

namespace RemoteStore.PromQL.Testing;

/// <summary>A command of a script.</summary>
internal abstract record Command(int Line);

/// <summary><c>clear</c></summary>
internal sealed record ClearCommand(int Line) : Command(Line);

/// <summary><c>load</c> and <c>load_with_nhcb</c>.</summary>
internal sealed record LoadCommand(int Line, long IntervalMs, bool WithCustomBuckets, IReadOnlyList<LoadedSeries> Series) : Command(Line);

/// <summary>A series to load.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Values">Values by position.</param>
/// <param name="StartOffsetsMs">Start timestamps as offsets from the samples' own, null where there is none; or no list.</param>
internal sealed record LoadedSeries(LabelSet Labels, IReadOnlyList<SeriesValue> Values, IReadOnlyList<long?>? StartOffsetsMs);

/// <summary><c>eval</c></summary>
internal sealed record EvalCommand(int Line, QueryRequest Request) : Command(Line)
{
    public List<ExpectedSeries> Series { get; } = [];

    public double? Scalar { get; set; }

    public string? Text { get; set; }

    public bool Ordered { get; set; }

    public bool Fails => FailsAnyhow || Failures.Count > 0;

    /// <summary>Set by the old form <c>eval_fail</c>, as the next two by <c>eval_warn</c> and <c>eval_info</c>.</summary>
    public bool FailsAnyhow { get; set; }

    public bool WarnsAnyhow { get; set; }

    public bool InformsAnyhow { get; set; }

    /// <summary>What the error must be; all of them.</summary>
    public List<TextExpectation> Failures { get; } = [];

    public List<TextExpectation> Warnings { get; } = [];

    public List<TextExpectation> Infos { get; } = [];

    public bool NoWarnings { get; set; }

    public bool NoInfos { get; set; }

    /// <summary>The grid of an expected range vector.</summary>
    public (long StartMs, long EndMs, long StepMs)? RangeVector { get; set; }
}

/// <summary>A series of an expectation.</summary>
internal sealed record ExpectedSeries(int Line, LabelSet Labels, IReadOnlyList<SeriesValue> Values);

/// <summary>What a message must be: equal to a text, matched by a pattern, or anything.</summary>
internal sealed record TextExpectation(string? Message, Model.Regexp.Re2Regex? Pattern)
{
    public bool Matches(string text) => Message is not null ? Message == text
        : Pattern is null || Pattern.IsMatch(System.Text.Encoding.UTF8.GetBytes(text));

    public override string ToString() => Message ?? Pattern?.Pattern ?? "any";
}
