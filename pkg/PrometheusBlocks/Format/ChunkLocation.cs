namespace RemoteStore.PrometheusBlocks.Format;

/// <summary>A chunk of a series, as the index tells of it.</summary>
/// <param name="MinTime">Its first time, milliseconds since the Unix epoch.</param>
/// <param name="MaxTime">Its last time, inclusive.</param>
/// <param name="Segment">Number of the segment, counted from 0.</param>
/// <param name="Offset">Where it begins there, in bytes.</param>
internal readonly record struct ChunkLocation(long MinTime, long MaxTime, int Segment, uint Offset)
{
    /// <summary>Both places in one number, as the index has them.</summary>
    public long Reference => ((long)Segment << 32) | Offset;
}
