namespace RemoteStore.Storage.Administration;

/// <summary>What an operator can ask a store to do.</summary>
public interface IStoreAdmin
{
    /// <summary>Turns all memtables into parts and syncs them.</summary>
    /// <param name="merge">Also merges the parts to their smallest form.</param>
    /// <param name="cancellationToken">Stops waiting; what was begun is finished or leaves no trace.</param>
    /// <returns>What is on disk when it is done.</returns>
    /// <exception cref="StorageUnavailableException">The store is starting, stopping or cannot write.</exception>
    ValueTask<FlushReport> FlushAsync(bool merge, CancellationToken cancellationToken);
}

/// <summary>What a store has on disk.</summary>
/// <param name="BytesByKind">Bytes by kind of file (<c>parts</c>, <c>wal</c>, <c>registry</c>, <c>manifest</c>, …).</param>
/// <param name="Parts">Live parts.</param>
/// <param name="Rows">Rows in them, floats and histograms.</param>
public sealed record FlushReport(IReadOnlyDictionary<string, long> BytesByKind, long Parts, long Rows);
