namespace RemoteStore.Blocks.Merging;

/// <summary>Counts of a running merge, and where it may be paced, cancelled or stopped by a test.</summary>
internal sealed class MergeProgress(MergeOptions options, CancellationToken cancellationToken)
{
    /// <summary>Name of the failpoint.</summary>
    public const string MidWrite = "merge.mid-write";

    public long RowsRead { get; set; }

    public long RowsExpired { get; set; }

    public void BlockDone()
    {
        cancellationToken.ThrowIfCancellationRequested();
        options.Failpoints.Hit(MidWrite);
        options.BlockMerged?.Invoke();
    }
}
