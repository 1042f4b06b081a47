namespace RemoteStore.Blocks.Parts;

/// <summary>What is known of a part without opening its file.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Level">How often its samples were rewritten: 0 = flushed from memory.</param>
/// <param name="MinTime">Time of its oldest sample in milliseconds since the Unix epoch; <see cref="long.MaxValue"/> when it is empty.</param>
/// <param name="MaxTime">Time of its newest sample, inclusive; <see cref="long.MinValue"/> when it is empty.</param>
/// <param name="Rows">Number of float samples.</param>
/// <param name="HistogramRows">Number of native histogram samples.</param>
/// <param name="SizeBytes">Size of the file.</param>
/// <param name="Tenants">Number of tenants with samples in it.</param>
public sealed record PartInfo(PartId Id, int Level, long MinTime, long MaxTime, long Rows, long HistogramRows, long SizeBytes, int Tenants)
{
    /// <summary>True when it holds no sample.</summary>
    public bool IsEmpty => Rows == 0 && HistogramRows == 0;
}

/// <summary>What one tenant has in a part.</summary>
/// <param name="MinTime">Time of its oldest sample, milliseconds since the Unix epoch.</param>
/// <param name="MaxTime">Time of its newest sample, inclusive.</param>
/// <param name="SizeBytes">Bytes of its blocks.</param>
/// <param name="Rows">Number of its samples, floats and histograms.</param>
public readonly record struct TenantExtent(long MinTime, long MaxTime, long SizeBytes, long Rows);
