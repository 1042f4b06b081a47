namespace RemoteStore.Server.Options;

/// <summary>The remote-write receiver.</summary>
internal sealed record WriteOptions
{
    /// <summary>Largest request after decompression.</summary>
    public long MaxDecodedBytes { get; init; } = 32L << 20;

    /// <summary>
    /// Largest request as sent: the worst that snappy makes of <see cref="MaxDecodedBytes"/>, so that the decoded length alone decides.
    /// </summary>
    public long MaxBodyBytes => MaxDecodedBytes + (MaxDecodedBytes / 6) + 1024;
}
