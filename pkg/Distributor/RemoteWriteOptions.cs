namespace RemoteStore.Distributor;

/// <summary>Bounds of the remote write receiver.</summary>
public sealed record RemoteWriteOptions
{
    /// <summary>Option name of <see cref="MaxRequestBytes"/>, as messages to senders give it.</summary>
    public const string MaxRequestOption = "write.max-decoded-bytes";

    /// <summary>Largest request, in bytes; holds for the body as sent and for its declared decoded length.</summary>
    public int MaxRequestBytes { get; init; } = 32 << 20;

    /// <summary>Most bytes of requests held at once, bodies and decoded forms together; further requests are told to come back.</summary>
    public long MaxInflightBytes { get; init; } = 512L << 20;

    /// <summary>Decoded requests whose memory is kept for reuse.</summary>
    public int PooledBatches { get; init; } = 16;

    /// <summary>Wait that senders are asked for after their first refused attempt.</summary>
    public TimeSpan RetryAfterBase { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Longest wait that senders are asked for, before jitter.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromSeconds(96);

    /// <summary>Least time between two log lines about refused samples.</summary>
    public TimeSpan RejectLogInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Faults of the values, empty when they are usable.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxRequestBytes < 1024)
        {
            yield return $"{MaxRequestOption} is {MaxRequestBytes}, it must be at least 1024";
        }

        if (MaxInflightBytes < 2L * MaxRequestBytes)
        {
            yield return $"write.max-inflight-bytes is {MaxInflightBytes}, it must be at least twice {MaxRequestOption}";
        }

        if (PooledBatches < 0)
        {
            yield return $"write.pooled-batches is {PooledBatches}, it must not be negative";
        }

        if (RetryAfterBase < TimeSpan.FromSeconds(1) || RetryAfterMax < RetryAfterBase)
        {
            yield return "write.retry-after-base must be at least 1s and at most write.retry-after-max";
        }
    }
}
