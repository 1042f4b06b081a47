namespace RemoteStore.Blocks.Merging;

/// <summary>Takes the merged rows of one tenant: ascending by ref, and each kind of row within a series strictly ascending by time.</summary>
internal interface IMergeSink
{
    /// <summary>Takes float rows of one series; a series may come in several runs. Spans are borrowed for the call.</summary>
    void AddRun(uint seriesRef, ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits, ReadOnlySpan<long> startTimestamps);

    /// <summary>Takes a histogram row.</summary>
    void AddHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload);
}
