using RemoteStore.Storage.Appending;

namespace RemoteStore.Server.Options;

/// <summary>The store of recent data.</summary>
internal sealed record StorageOptions
{
    /// <summary>How far a sample may lie behind the newest of its own series.</summary>
    public TimeSpan OutOfOrderWindow { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How far a sample may lie in the future.</summary>
    public TimeSpan MaxFuture { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Rows in memory become a part at least this often.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Rows in memory, over all tenants, that start a flush.</summary>
    public int FlushRows { get; init; } = 1 << 20;

    /// <summary>Size of a write-ahead log segment file.</summary>
    public long WalSegmentBytes { get; init; } = 64L << 20;

    /// <summary>What an acknowledged write stands for.</summary>
    public Durability Durability { get; init; } = Durability.Fsync;
}
