namespace RemoteStore.Integration.Tests.Workload;

/// <summary>Shape of a workload.</summary>
internal sealed record WorkloadOptions
{
    /// <summary>Concurrent writers, each with its own series.</summary>
    public int Writers { get; init; } = 4;

    /// <summary>Series that each request of a writer carries a sample of.</summary>
    public int SeriesPerWriter { get; init; } = 20;

    /// <summary>True: each request also brings a series of its own, never sent before.</summary>
    public bool NewSeries { get; init; } = true;

    /// <summary>Of so many acknowledgements one is followed by a query that must show the samples; 0 = none.</summary>
    public int ReadBackEvery { get; init; } = 50;
}
