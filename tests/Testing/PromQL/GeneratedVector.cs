namespace RemoteStore.Testing.PromQL;

/// <summary>An instant vector that was generated.</summary>
/// <param name="Text">The expression; safe as an operand of any operator.</param>
/// <param name="Labels">Names of the labels that tell its series apart, the metric name not among them.</param>
internal readonly record struct GeneratedVector(string Text, IReadOnlyList<string> Labels);
