using RemoteStore.Model;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>What a block is, and sizes that it is written with. A reader needs none of the sizes.</summary>
public sealed record BlockWriterOptions
{
    /// <summary>Name of the block; bound into every checksum.</summary>
    public required BlockId Id { get; init; }

    /// <summary>Whose data it is.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>Range that all samples lie in. Chunks are cut at its fractions, so that series of one target share boundaries.</summary>
    public required BlockRange Range { get; init; }

    /// <summary>Milliseconds that one sample stands for; 0 = as received.</summary>
    public long ResolutionMs { get; init; }

    /// <summary>Compaction generation.</summary>
    public int Level { get; init; } = 1;

    /// <summary>What the samples come from, see <see cref="BlockMeta.Sources"/>.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>True when series are added in label order (<c>LabelSet.Compare</c>): then their labels are copied, and memory grows by 16 bytes a series.</summary>
    public bool SeriesAreSorted { get; init; }

    /// <summary>Blocks that it is made of directly.</summary>
    public IReadOnlyList<BlockId> Parents { get; init; } = [];

    /// <summary>A page is closed when its packed samples and header reach this many bytes. A query of one series reads whole pages.</summary>
    public int PageBytes { get; init; } = 32 << 10;

    /// <summary>A page is closed when it holds this many series; those that never change take next to no bytes.</summary>
    public int PageSeries { get; init; } = 1024;

    /// <summary>Samples that a slot may have at a series' own mean interval, before slots are halved.</summary>
    public int SlotSamples { get; init; } = 512;

    /// <summary>Called when index and chunks are durable and <c>meta.json</c> is not yet written; for tests that stop the process there.</summary>
    public Action? BeforeMeta { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(PageBytes, 256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PageBytes, 1 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(PageSeries, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PageSeries, 1 << 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(SlotSamples, 1);
        if (Range.Start >= Range.End)
        {
            throw new ArgumentException($"the range from {Range.Start} to {Range.End} is empty");
        }
    }
}
