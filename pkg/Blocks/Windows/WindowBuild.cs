using RemoteStore.Blocks.Format;

namespace RemoteStore.Blocks.Windows;

/// <summary>What became of a downsampling.</summary>
public sealed record WindowBuild
{
    /// <summary>The new block, durable; null, and nothing written, when no input has a sample.</summary>
    public BlockMeta? Block { get; init; }

    /// <summary>Series in it; each is up to seven columns.</summary>
    public required long Series { get; init; }

    /// <summary>Samples read, one for each window where finer windows were read.</summary>
    public required long InputSamples { get; init; }

    /// <summary>Series left out because a label has the name that columns need.</summary>
    public required long LeftOutCount { get; init; }

    /// <summary>The first few of them.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>Histograms left out because they could not be read.</summary>
    public required long UnreadableHistograms { get; init; }
}
