using RemoteStore.Blocks.Format;

namespace RemoteStore.BlockStore.Layout;

/// <summary>What an object of a tenant is, as its key says.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Block">The block that it is of, or is about.</param>
/// <param name="File">Which file of the block; null when it is none that a block has.</param>
/// <param name="Name">Name of a deletion job.</param>
public readonly record struct BucketKey(BucketKeyKind Kind, BlockId Block = default, BlockFile? File = null, string Name = "");

/// <summary>Kinds of objects.</summary>
public enum BucketKeyKind
{
    /// <summary>Nothing that matters to blocks: the bucket index itself, rules, what others put there.</summary>
    Other,

    /// <summary>A file in the folder of a block.</summary>
    BlockFile,

    /// <summary>A deletion mark.</summary>
    DeletionMark,

    /// <summary>The mark of a broken block.</summary>
    BrokenMark,

    /// <summary>A request to delete series.</summary>
    DeletionJob,

    /// <summary>The request to delete the tenant.</summary>
    TenantDeletion,
}
