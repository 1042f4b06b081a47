using RemoteStore.Blocks.Parts;

namespace RemoteStore.Blocks.Merging;

/// <summary>Counts of a running merge, what of its inputs to pass over, and where it may be paced, cancelled or stopped by a test.</summary>
internal sealed class MergeProgress(MergeOptions options, CancellationToken cancellationToken)
{
    /// <summary>Name of the failpoint.</summary>
    public const string MidWrite = "merge.mid-write";

    public long RowsRead { get; private set; }

    public long RowsExpired { get; private set; }

    /// <summary>False while inputs are read again for further ranges: their rows are counted already.</summary>
    public bool Counts { get; set; } = true;

    /// <summary>Whether to pass over a block whose rows lie between two times; null reads all.</summary>
    public Func<long, long, bool>? PassesOver { get; set; }

    public void Read(in BlockEntry entry) => RowsRead += Counts ? entry.Rows : 0;

    public void Expired(int rows) => RowsExpired += Counts ? rows : 0;

    public void BlockDone()
    {
        cancellationToken.ThrowIfCancellationRequested();
        options.Failpoints.Hit(MidWrite);
        options.BlockMerged?.Invoke();
    }
}
