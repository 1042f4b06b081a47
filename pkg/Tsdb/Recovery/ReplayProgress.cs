namespace RemoteStore.Tsdb.Recovery;

/// <summary>How far the start has come; read by status endpoints while it goes on.</summary>
internal sealed class ReplayProgress
{
    private long _done;
    private long _total;

    /// <summary>Bytes of the log that were looked at.</summary>
    public long DoneBytes => Interlocked.Read(ref _done);

    /// <summary>Bytes of the log in all.</summary>
    public long TotalBytes => Interlocked.Read(ref _total);

    /// <summary>Notes progress.</summary>
    public void Report(long doneBytes, long totalBytes)
    {
        Interlocked.Exchange(ref _total, totalBytes);
        Interlocked.Exchange(ref _done, doneBytes);
    }
}
