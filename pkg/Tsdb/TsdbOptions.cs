using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Tsdb;

/// <summary>How the store of recent data keeps what it is given. Validated once, at construction of the store.</summary>
public sealed record TsdbOptions
{
    /// <summary>Folder that holds everything; one process at a time uses it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>How far a sample may lie behind the newest of its own series.</summary>
    public TimeSpan OutOfOrderWindow { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How far a sample may lie in the future.</summary>
    public TimeSpan MaxFuture { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Samples older than this are refused and removed; zero keeps them for ever.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.Zero;

    /// <summary>The same by tenant, in place of <see cref="Retention"/>; asked anew each time, for it may change while the store runs. Null = all have the same.</summary>
    public Func<TenantId, LocalRetention>? RetentionOf { get; init; }

    /// <summary>Rows in memory are written to a part at least this often.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Rows in memory, over all tenants, that start a flush.</summary>
    public int FlushRows { get; init; } = 1 << 19;

    /// <summary>Rows in memory at which writes wait for the flush, and finally answer "try later".</summary>
    public int MaxRows => checked(FlushRows * 3);

    /// <summary>Longest a write waits for memory before it is refused.</summary>
    public TimeSpan MemoryWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Size of a WAL segment file, in bytes, a power of two. The log is cut by whole segments, so up to one of them is replayed in vain.</summary>
    public long WalSegmentBytes { get; init; } = 16L << 20;

    /// <summary>What an acknowledgement stands for.</summary>
    public Durability Durability { get; init; } = Durability.Fsync;

    /// <summary>Limits of label sets.</summary>
    public LabelLimits LabelLimits { get; init; } = LabelLimits.Default;

    /// <summary>Exemplars kept per tenant; the oldest make room.</summary>
    public int MaxExemplars { get; init; } = 100_000;

    /// <summary>Series a tenant may have; 0 = no limit.</summary>
    public int MaxActiveSeries { get; init; }

    /// <summary>Series of a tenant leave memory after a cut when at least so many can, and a quarter of all.</summary>
    public int MinEvictedSeries { get; init; } = 1000;

    /// <summary>True to merge parts and cut blocks in the background.</summary>
    public bool BackgroundMerges { get; init; } = true;

    /// <summary>Width of the time ranges, aligned to the Unix epoch, that blocks are cut for; the same over the life of a data directory.</summary>
    public TimeSpan BlockRange { get; init; } = TimeSpan.FromHours(2);

    /// <summary>What a tenant has of a range that is over becomes a block when it has gathered for this long…</summary>
    public TimeSpan CutAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>…or when it has this many bytes in parts.</summary>
    public long CutBytes { get; init; } = 8L << 20;

    /// <summary>A tenant that wrote nothing for this long is idle: the wall clock says which ranges are over, not its newest sample.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(10);

    internal string WalDirectory => Path.Combine(DataDirectory, "wal");

    internal string PartsDirectory => Path.Combine(DataDirectory, "parts");

    internal string TenantsDirectory => Path.Combine(DataDirectory, "tenants");

    internal string BlocksDirectory => Path.Combine(DataDirectory, "blocks");

    internal string QuarantineDirectory => Path.Combine(DataDirectory, "quarantine");
}
