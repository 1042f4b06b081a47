namespace RemoteStore.Tool.Commands.Rules;

/// <summary>A file of unit tests of rules.</summary>
internal sealed record UnitTestFile
{
    /// <summary>Rule files, as patterns relative to the test file.</summary>
    public IReadOnlyList<string> RuleFiles { get; init; } = [];

    /// <summary>How often rules are evaluated.</summary>
    public TimeSpan EvaluationInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Names of groups in the order of their evaluation; those that are not named come with the first.</summary>
    public IReadOnlyList<string> GroupOrder { get; init; } = [];

    /// <summary>True to take floats for equal that are neighbours.</summary>
    public bool FuzzyCompare { get; init; }

    /// <summary>The tests.</summary>
    public IReadOnlyList<UnitTestGroup> Tests { get; init; } = [];
}

/// <summary>Series, and tests of what rules and queries make of them.</summary>
internal sealed record UnitTestGroup
{
    /// <summary>Name, or empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Distance of the samples of the series.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Time of the first sample, milliseconds since the Unix epoch.</summary>
    public long StartMs { get; init; }

    /// <summary>Descriptions: labels, and values.</summary>
    public IReadOnlyList<string> Series { get; init; } = [];

    /// <summary>Tests of alerts.</summary>
    public IReadOnlyList<AlertTest> AlertTests { get; init; } = [];

    /// <summary>Tests of queries.</summary>
    public IReadOnlyList<QueryTest> QueryTests { get; init; } = [];

    /// <summary>Labels that templates see.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ExternalLabels { get; init; } = [];

    /// <summary>Address that templates see.</summary>
    public string ExternalUrl { get; init; } = "";
}

/// <summary>Which alerts of a name fire at a time.</summary>
/// <param name="Time">The time, from the start.</param>
/// <param name="Name">The name.</param>
/// <param name="Alerts">All alerts that fire.</param>
internal sealed record AlertTest(TimeSpan Time, string Name, IReadOnlyList<AlertText> Alerts);

/// <summary>Labels and annotations of an alert, by name.</summary>
internal sealed record AlertText(IReadOnlyList<KeyValuePair<string, string>> Labels, IReadOnlyList<KeyValuePair<string, string>> Annotations);

/// <summary>What a query gives at a time.</summary>
/// <param name="Query">The query.</param>
/// <param name="Time">The time, from the start.</param>
/// <param name="Samples">All that it gives.</param>
internal sealed record QueryTest(string Query, TimeSpan Time, IReadOnlyList<SampleText> Samples);

/// <summary>A sample as written.</summary>
/// <param name="Labels">Its labels as text.</param>
/// <param name="Value">Its value.</param>
/// <param name="Histogram">Its histogram as text; empty for a float.</param>
internal sealed record SampleText(string Labels, double Value, string Histogram);
