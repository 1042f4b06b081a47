namespace RemoteStore.Tsdb.Wal;

/// <summary>The log's generation failed before an entry became durable: the entry may or may not be on disk and must not be acknowledged.</summary>
public sealed class WalFailedException : IOException
{
    /// <summary>Creates the exception.</summary>
    public WalFailedException(uint generation, Exception? innerException)
        : base($"log generation {generation:x8} failed before the entry was durable: {innerException?.Message ?? "it was closed"}", innerException)
        => Generation = generation;

    /// <summary>The generation that failed.</summary>
    public uint Generation { get; }
}
