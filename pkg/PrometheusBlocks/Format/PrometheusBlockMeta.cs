using RemoteStore.Blocks.Format;
using RemoteStore.Model;

namespace RemoteStore.PrometheusBlocks.Format;

/// <summary>What a block of Prometheus says of itself in <c>meta.json</c>.</summary>
public sealed record PrometheusBlockMeta
{
    /// <summary>Name of the block.</summary>
    public required BlockId Id { get; init; }

    /// <summary>The times that it is for, milliseconds since the Unix epoch.</summary>
    public required BlockRange Range { get; init; }

    /// <summary>Samples of all kinds.</summary>
    public long Samples { get; init; }

    /// <summary>Float samples; 0 where the writer did not tell them apart.</summary>
    public long FloatSamples { get; init; }

    /// <summary>Native histograms; 0 where the writer did not tell them apart.</summary>
    public long HistogramSamples { get; init; }

    /// <summary>Series.</summary>
    public long Series { get; init; }

    /// <summary>Chunks.</summary>
    public long Chunks { get; init; }

    /// <summary>Deleted stretches that are not removed yet.</summary>
    public long Tombstones { get; init; }

    /// <summary>Compaction generation, 1 for a block cut of recent data.</summary>
    public int Level { get; init; } = 1;

    /// <summary>Blocks of level 1 that it was made of; itself when it is one.</summary>
    public IReadOnlyList<BlockId> Sources { get; init; } = [];

    /// <summary>The times of <see cref="Range"/> as those of a query.</summary>
    public QueryRange Times => new(Range.Start, Range.End - 1);
}
