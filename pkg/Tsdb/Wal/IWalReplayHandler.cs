namespace RemoteStore.Tsdb.Wal;

/// <summary>Receives what <see cref="WalReplay"/> finds.</summary>
public interface IWalReplayHandler
{
    /// <summary>One entry, exactly as it was appended. Entries come in order of their positions. What it throws ends the replay.</summary>
    /// <param name="type">As appended; may be a type this program does not know.</param>
    /// <param name="payload">Borrowed for the call.</param>
    /// <param name="position">Where the entry begins, as <see cref="WriteAheadLog.TryAppend"/> reported it.</param>
    void OnEntry(WalEntryType type, ReadOnlySpan<byte> payload, WalPosition position);

    /// <summary>How far the replay is; called about once per page.</summary>
    void OnProgress(long bytesDone, long bytesTotal);
}
