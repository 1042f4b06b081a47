namespace RemoteStore.Chunks;

/// <summary>Bounds that encoders keep and decoders check or ask for.</summary>
public static class ChunkLimits
{
    /// <summary>Most samples of one chunk.</summary>
    public const int MaxSamples = 1024;

    /// <summary>Readable bytes, of any content, that must follow the packed bytes of a chunk: kernels read whole registers.</summary>
    public const int SourcePadding = 64;

    /// <summary>Writable values, whose content is lost, that must follow the decoded ones: kernels write whole registers.</summary>
    public const int DestinationPadding = 8;

    /// <summary>Most bytes that one chunk of histograms may decode to when it is stored in columns; longer ones are stored as they are.</summary>
    public const int MaxHistogramBytes = 32 * 1024 * 1024;

    /// <summary>Most numbers (samples times columns) that one layout of histograms in a chunk may have.</summary>
    public const int MaxHistogramCells = 4 * 1024 * 1024;

    /// <summary>Greatest width in bits that is packed densely; wider numbers take 64 bits, because a kernel fetches eight bytes per number.</summary>
    internal const int MaxPackedWidth = 57;
}
