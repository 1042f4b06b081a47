using RemoteStore.Blocks.Format;
using RemoteStore.Model;

namespace RemoteStore.PrometheusBlocks.Importing;

/// <summary>What becomes one block of ours of a block of Prometheus.</summary>
/// <param name="Id">Name of our block: always the same for the same source, so that nothing is imported twice.</param>
/// <param name="Times">Times of the samples that it takes, inclusive.</param>
/// <param name="Range">The range of compaction that they lie in.</param>
public sealed record ImportPiece(BlockId Id, QueryRange Times, BlockRange Range);
