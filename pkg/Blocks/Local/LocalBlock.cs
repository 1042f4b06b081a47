using RemoteStore.Blocks.Format;

namespace RemoteStore.Blocks.Local;

/// <summary>A block of the local store.</summary>
/// <param name="Meta">What it holds.</param>
/// <param name="Directory">Where its files are. They may go at any time once the block is settled.</param>
/// <param name="IsSettled">True when the readers of the bucket have it.</param>
public sealed record LocalBlock(BlockMeta Meta, string Directory, bool IsSettled);
