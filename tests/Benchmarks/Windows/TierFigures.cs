using RemoteStore.Blocks.Format;

namespace RemoteStore.Benchmarks.Windows;

/// <summary>What the blocks of a resolution take.</summary>
/// <param name="Series">Stored series of all blocks.</param>
/// <param name="ChunkBytes">Bytes without the label index.</param>
/// <param name="IndexBytes">Bytes of the label index.</param>
/// <param name="Samples">Samples, or finer windows, that were read.</param>
/// <param name="Cpu">Processor time of making them.</param>
internal readonly record struct TierFigures(long Series, long ChunkBytes, long IndexBytes, long Samples, TimeSpan Cpu)
{
    /// <summary>With a further block.</summary>
    public TierFigures With(BlockMeta meta, long samples, TimeSpan cpu) => new(
        Series + meta.Stats.Series,
        ChunkBytes + meta.Files.Single(static file => file.File == BlockFile.Chunks).SizeBytes,
        IndexBytes + meta.Files.Single(static file => file.File == BlockFile.Index).SizeBytes,
        Samples + samples,
        Cpu + cpu);
}
