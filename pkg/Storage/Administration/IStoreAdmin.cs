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

    /// <summary>Turns all memtables into parts, and what parts hold of time ranges that are over into blocks, however little it is.</summary>
    /// <param name="allEnded">Also takes ranges that have ended by the clock but may still get late data.</param>
    /// <param name="cancellationToken">Stops waiting; what was begun is finished or leaves no trace.</param>
    /// <returns>What is on disk when it is done.</returns>
    /// <exception cref="StorageUnavailableException">The store is starting, stopping or cannot write.</exception>
    ValueTask<FlushReport> CutAsync(bool allEnded, CancellationToken cancellationToken);
}

/// <summary>What a store has on disk, memory not counted.</summary>
/// <param name="BytesByKind">Bytes by kind of file (<c>parts</c>, <c>wal</c>, <c>registry</c>, <c>manifest</c>, …).</param>
/// <param name="Parts">Live parts.</param>
/// <param name="Rows">Rows in them, floats and histograms.</param>
public sealed record FlushReport(IReadOnlyDictionary<string, long> BytesByKind, long Parts, long Rows)
{
    /// <summary>Local blocks.</summary>
    public long Blocks { get; init; }

    /// <summary>Samples in them, floats and histograms.</summary>
    public long BlockSamples { get; init; }
}
