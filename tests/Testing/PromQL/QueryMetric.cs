namespace RemoteStore.Testing.PromQL;

/// <summary>A metric that generated queries ask for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Labels">Its label names besides the name, each with some of its values; together they tell its series apart.</param>
public sealed record QueryMetric(string Name, QueryMetricKind Kind, IReadOnlyDictionary<string, IReadOnlyList<string>> Labels);
