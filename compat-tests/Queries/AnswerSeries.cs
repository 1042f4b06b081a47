namespace RemoteStore.CompatTests.Queries;

/// <summary>A series of an answer.</summary>
/// <param name="Labels">Its labels by name: <c>a="1",b="2"</c>.</param>
/// <param name="Points">Seconds and values.</param>
internal sealed record AnswerSeries(string Labels, IReadOnlyList<(decimal Time, double Value)> Points);
