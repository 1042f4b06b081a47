using FASTER.core;

namespace RemoteStore.Tsdb.Wal;

/// <summary>FasterLog's recovery is not used, so the metadata it would write at each commit is dropped.</summary>
internal sealed class NoCommitMetadata : ILogCommitManager
{
    /// <inheritdoc/>
    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
    }

    /// <inheritdoc/>
    public byte[] GetCommitMetadata(long commitNum) => [];

    /// <inheritdoc/>
    public IEnumerable<long> ListCommits() => [];

    /// <inheritdoc/>
    public void RemoveCommit(long commitNum)
    {
    }

    /// <inheritdoc/>
    public void RemoveAllCommits()
    {
    }

    /// <inheritdoc/>
    public void OnRecovery(long commitNum)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
