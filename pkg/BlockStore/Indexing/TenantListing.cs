using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>Sorts what a listing of a tenant finds.</summary>
/// <param name="tenant">Whose.</param>
/// <param name="beganMs">When the listing began, milliseconds since the Unix epoch.</param>
internal sealed class TenantListing(TenantId tenant, long beganMs)
{
    private readonly Dictionary<BlockId, List<ObjectAttributes>> _files = [];

    /// <summary>When the listing began.</summary>
    public long BeganMs => beganMs;

    /// <summary>When <c>meta.json</c> was written, by block.</summary>
    public Dictionary<BlockId, long> Metas { get; } = [];

    /// <summary>Blocks whose <c>meta.json</c> was there when the index before was made, and may be gone: it is to be read again.</summary>
    public HashSet<BlockId> Doubtful { get; } = [];

    /// <summary>Blocks with a deletion mark.</summary>
    public List<BlockId> DeletionMarks { get; } = [];

    /// <summary>Blocks with the mark of a broken one.</summary>
    public List<BlockId> BrokenMarks { get; } = [];

    /// <summary>Names of requests to delete series.</summary>
    public List<string> DeletionJobs { get; } = [];

    /// <summary>True when all of the tenant is to be removed.</summary>
    public bool IsTenantDeleted { get; private set; }

    /// <summary>Folders without <c>meta.json</c>.</summary>
    public IReadOnlyList<PartialBlock> Partial =>
    [
        .. _files.Where(block => !Metas.ContainsKey(block.Key)).OrderBy(static block => block.Key)
            .Select(static block => new PartialBlock(block.Key, block.Value.Max(static file => file.ModifiedMs), [.. block.Value.Select(static file => file.Key)])),
    ];

    /// <summary>Takes over what is known of blocks that were not listed. Those with a mark are being removed, those that had one may have been.</summary>
    public void AddUnlisted(BucketIndex known, ListingScope scope)
    {
        HashSet<BlockId> marked = [.. DeletionMarks, .. known.DeletionMarks.Keys];
        foreach (BlockRecord block in known.Blocks.Where(block => !scope.Covers(block.Id)))
        {
            Metas[block.Id] = block.UploadedAtMs;
            if (marked.Contains(block.Id))
            {
                _ = Doubtful.Add(block.Id);
            }
        }

        DeletionJobs.AddRange(known.DeletionJobs);
        IsTenantDeleted = known.IsTenantDeleted;
    }

    /// <summary>Takes note of an object.</summary>
    public void Add(ObjectAttributes found)
    {
        BucketKey key = BucketLayout.Parse(tenant, found.Key);
        switch (key.Kind)
        {
            case BucketKeyKind.BlockFile when key.File == BlockFile.Meta:
                Metas[key.Block] = found.ModifiedMs;
                break;
            case BucketKeyKind.BlockFile:
                if (!_files.TryGetValue(key.Block, out List<ObjectAttributes>? files))
                {
                    _files[key.Block] = files = [];
                }

                files.Add(found);
                break;
            case BucketKeyKind.DeletionMark:
                DeletionMarks.Add(key.Block);
                break;
            case BucketKeyKind.BrokenMark:
                BrokenMarks.Add(key.Block);
                break;
            case BucketKeyKind.DeletionJob:
                DeletionJobs.Add(key.Name);
                break;
            case BucketKeyKind.TenantDeletion:
                IsTenantDeleted = true;
                break;
            case BucketKeyKind.Other:
            default:
                break;
        }
    }
}
