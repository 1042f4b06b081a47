using System.Numerics;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Tsdb.Wal;

/// <summary>How the log lies in memory and on disk.</summary>
public sealed record WalOptions
{
    /// <summary>Folder of the generation folders, <c>&lt;data&gt;/wal</c>.</summary>
    public required string Directory { get; init; }

    /// <summary>Page of the in-memory tail, a power of two from 64 KiB to 16 MiB. No entry crosses a page.</summary>
    public int PageSizeBytes { get; init; } = 1 << 20;

    /// <summary>In-memory tail, a power of two and at least four pages. Entries that are not yet written lie here; all of it counts as resident once used.</summary>
    public int MemoryBytes { get; init; } = 8 << 20;

    /// <summary>File size at which the next segment begins, a power of two of at least one page. Truncation frees whole segments.</summary>
    public long SegmentSizeBytes { get; init; } = 64 << 20;

    /// <summary>What an acknowledgement stands for. With <see cref="Durability.Memory"/> nothing is synced.</summary>
    public Durability Durability { get; init; } = Durability.Fsync;

    /// <summary>How often entries are written when <see cref="Durability"/> is <see cref="Storage.Appending.Durability.Memory"/>.</summary>
    public TimeSpan MemoryFlushInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest payload one entry takes; callers split larger requests.</summary>
    public int MaxPayloadBytes => Math.Min(WriteAheadLog.MaxPayload, PageSizeBytes / 2);

    /// <summary>All faults at once; empty when the options can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrEmpty(Directory))
        {
            faults.Add("the WAL directory is empty");
        }

        if (!BitOperations.IsPow2(PageSizeBytes) || PageSizeBytes is < (64 << 10) or > (16 << 20))
        {
            faults.Add($"the WAL page size {PageSizeBytes} is not a power of two between 64 KiB and 16 MiB");
        }

        if (!BitOperations.IsPow2(MemoryBytes) || MemoryBytes / 4 < PageSizeBytes)
        {
            faults.Add($"the WAL memory {MemoryBytes} is not a power of two of at least four pages");
        }

        if (!BitOperations.IsPow2(SegmentSizeBytes) || SegmentSizeBytes < PageSizeBytes || SegmentSizeBytes > 1 << 30)
        {
            faults.Add($"the WAL segment size {SegmentSizeBytes} is not a power of two between one page and 1 GiB");
        }

        if (MemoryFlushInterval <= TimeSpan.Zero)
        {
            faults.Add("the WAL flush interval is not positive");
        }

        return faults;
    }
}
