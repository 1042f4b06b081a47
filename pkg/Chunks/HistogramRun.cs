namespace RemoteStore.Chunks;

/// <summary>Payloads of histograms in the order of their timestamps, one behind the other.</summary>
public readonly ref struct HistogramRun
{
    /// <summary>Wraps payloads.</summary>
    /// <param name="payloads">All payloads without anything between them.</param>
    /// <param name="lengths">Length in bytes of each.</param>
    public HistogramRun(ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths)
    {
        Payloads = payloads;
        Lengths = lengths;
    }

    /// <summary>All payloads.</summary>
    public ReadOnlySpan<byte> Payloads { get; }

    /// <summary>Length in bytes of each payload; their sum is the length of <see cref="Payloads"/>.</summary>
    public ReadOnlySpan<int> Lengths { get; }
}
