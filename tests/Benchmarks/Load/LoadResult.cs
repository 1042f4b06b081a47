namespace RemoteStore.Benchmarks.Load;

/// <summary>Figures of a run, as written with <c>--json</c>.</summary>
internal sealed record LoadResult
{
    public required string Label { get; init; }

    public required string Mode { get; init; }

    public required int Series { get; init; }

    public required int Connections { get; init; }

    public required double Seconds { get; init; }

    public required long SamplesAccepted { get; init; }

    public required double SamplesPerSecond { get; init; }

    /// <summary>CPU of the server's process during the measured time; 0 without <c>--pid</c>.</summary>
    public required double ServerCpuSeconds { get; init; }

    public required double SamplesPerServerCpuSecond { get; init; }

    public required double GeneratorCpuSeconds { get; init; }

    public required double LatencyP50Ms { get; init; }

    public required double LatencyP90Ms { get; init; }

    public required double LatencyP99Ms { get; init; }

    public required double LatencyMaxMs { get; init; }

    /// <summary>Garbage collections' pauses during the measured time; 0 without <c>--metrics</c>.</summary>
    public long GcPauses { get; init; }

    /// <summary>Bound below which 99 of 100 pauses were, as fine as the histogram's buckets.</summary>
    public double GcPauseP99Ms { get; init; }

    public required long EmptyRssBytes { get; init; }

    /// <summary>Highest resident memory from the first request of the warm-up to the end.</summary>
    public required long PeakRssBytes { get; init; }

    public required double PeakRssBytesPerSeries { get; init; }

    public required long DiskBytes { get; init; }

    /// <summary>Bytes on disk over all samples accepted, warm-up included.</summary>
    public required double DiskBytesPerSample { get; init; }

    public required double WireBytesPerSample { get; init; }

    public required double RawBytesPerSample { get; init; }

    public required SortedDictionary<int, long> Statuses { get; init; }

    public required SortedDictionary<int, string> Errors { get; init; }
}
