namespace RemoteStore.Storage.Querying;

/// <summary>
/// What is kept of the native histogram samples of a series in one window of time, as <see cref="WindowAggregate"/> of floats. The bytes of its histograms lie in
/// the <see cref="SampleBuffer"/> it came from.
/// </summary>
public readonly record struct HistogramWindow
{
    /// <summary>End of the window, inclusive: a multiple of <see cref="ResolutionMs"/>, milliseconds since the Unix epoch.</summary>
    public long EndMs { get; init; }

    /// <summary>Length of the window, at least 1.</summary>
    public long ResolutionMs { get; init; }

    /// <summary>Time of the first histogram.</summary>
    public long FirstMs { get; init; }

    /// <summary>Time of the last histogram.</summary>
    public long LastMs { get; init; }

    /// <summary>Number of histograms.</summary>
    public long Count { get; init; }

    /// <summary>Time of the stale marker behind the last histogram; 0 when there is none.</summary>
    public long StaleMs { get; init; }

    /// <summary>The first histogram.</summary>
    public PayloadRange First { get; init; }

    /// <summary>The last histogram.</summary>
    public PayloadRange Last { get; init; }

    /// <summary>The sum of all.</summary>
    public PayloadRange Sum { get; init; }

    /// <summary>Sum of the histograms before each reset; empty when there was none.</summary>
    public PayloadRange Resets { get; init; }

    /// <summary>Start of the window, exclusive.</summary>
    public long StartMs => EndMs - ResolutionMs;
}
