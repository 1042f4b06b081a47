using RemoteStore.Blocks.Format;

namespace RemoteStore.PrometheusBlocks.Importing;

/// <summary>A block of ours that an import has made.</summary>
/// <param name="Directory">Where it lies.</param>
/// <param name="Meta">What it holds.</param>
public sealed record ImportedBlock(string Directory, BlockMeta Meta);
