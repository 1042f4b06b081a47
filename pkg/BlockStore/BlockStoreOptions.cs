namespace RemoteStore.BlockStore;

/// <summary>How blocks are handed on to the bucket and how its indexes are kept.</summary>
public sealed record BlockStoreOptions
{
    /// <summary>Blocks whose range ended longer ago than this leave the local disk, once they are uploaded and listed.</summary>
    public TimeSpan HotPeriod { get; init; } = TimeSpan.FromHours(24);

    /// <summary>True to upload blocks and keep every one on the local disk: nobody reads the bucket, or it does not outlive the process.</summary>
    public bool KeepLocalBlocks { get; init; }

    /// <summary>How often readers load the bucket indexes again: how late they learn of what another process has changed.</summary>
    public TimeSpan IndexRefreshInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long uploads wait after the bucket has failed them.</summary>
    public TimeSpan UploadRetryDelay { get; init; } = TimeSpan.FromSeconds(30);
}
