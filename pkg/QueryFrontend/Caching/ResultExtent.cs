using RemoteStore.Model;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;
using RemoteStore.QueryFrontend.Splitting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.QueryFrontend.Caching;

/// <summary>The answer to a query over a range of steps without gaps. Immutable.</summary>
/// <param name="Steps">The steps.</param>
/// <param name="Type">What the query evaluates to.</param>
/// <param name="Series">Series in label order, with their points at these steps.</param>
/// <param name="Version">What was stored when it was computed.</param>
/// <param name="Samples">Where the samples lie that it was computed from.</param>
internal sealed record ResultExtent(StepRange Steps, ExprType Type, IReadOnlyList<ResultSeries> Series, WriteVersion Version, QueryRange Samples)
{
    /// <summary>Warnings that came with it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Infos that came with it.</summary>
    public IReadOnlyList<string> Infos { get; init; } = [];

    /// <summary>The query as it was written, which the places in annotations point into; empty when there are none.</summary>
    public string Text { get; init; } = "";

    /// <summary>True when annotations came with it, of which it is not known which of the steps they come from.</summary>
    public bool IsAnnotated => Warnings.Count + Infos.Count > 0;

    /// <summary>About what it takes in memory.</summary>
    public long SizeBytes { get; } = Size(Series);

    private static long Size(IReadOnlyList<ResultSeries> series)
    {
        const long PerObject = 96;
        long bytes = 4 * PerObject;
        ReadOnlyMemory<long> shared = default;
        foreach (ResultSeries one in series)
        {
            bytes += (2 * PerObject) + one.Labels.Bytes.Length + (one.Values.Length * sizeof(double));
            bytes += one.Times.Equals(shared) ? 0 : one.Times.Length * sizeof(long);
            shared = one.Times;
            if (one.Histograms is { } histograms)
            {
                bytes += histograms.Sum(static histogram => sizeof(long) + (histogram?.AllocatedBytes ?? 0));
            }
        }

        return bytes;
    }
}
