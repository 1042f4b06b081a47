namespace RemoteStore.Tsdb.Heads;

/// <summary>How far the append of a batch has come. A huge batch is logged in chunks, so that it never fills the log's memory while the head's lock is held.</summary>
internal struct AppendCursor
{
    /// <summary>Series to go on with.</summary>
    public int Series;

    /// <summary>Float sample to go on with.</summary>
    public int Sample;

    /// <summary>Histogram sample to go on with.</summary>
    public int Histogram;

    /// <summary>True when all float samples were looked at; histograms come after.</summary>
    public bool FloatsDone;

    /// <summary>True when everything was looked at.</summary>
    public bool IsDone;
}
