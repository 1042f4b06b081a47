using RemoteStore.Blocks.Format;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>A block in the bucket.</summary>
/// <param name="Meta">What it holds.</param>
/// <param name="UploadedAtMs">When its <c>meta.json</c> was written, milliseconds since the Unix epoch, by the clock of the store.</param>
public sealed record BlockRecord(BlockMeta Meta, long UploadedAtMs)
{
    /// <summary>Its name.</summary>
    public BlockId Id => Meta.Id;
}
