using System.Collections.Concurrent;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>Reads of a listed tenant what an older index does not tell. What never changes once it is written is not read again.</summary>
internal sealed class TenantReading
{
    private readonly IBucket _bucket;
    private readonly TenantId _tenant;
    private readonly TenantListing _listing;
    private readonly ConcurrentDictionary<BlockId, BlockRecord> _blocks = new();
    private readonly ConcurrentDictionary<BlockId, DeletionMark> _deletionMarks = new();
    private readonly ConcurrentDictionary<BlockId, BrokenMark> _brokenMarks = new();
    private readonly ConcurrentDictionary<BlockId, string> _unreadable = new();
    private readonly ConcurrentDictionary<string, string> _unreadableMarks = new();

    public TenantReading(IBucket bucket, TenantId tenant, BucketIndex? known, TenantListing listing)
    {
        _bucket = bucket;
        _tenant = tenant;
        _listing = listing;
        var unread = new List<(BucketKeyKind Kind, BlockId Block)>();
        foreach ((BlockId block, long writtenMs) in listing.Metas)
        {
            if (known?.Find(block) is { } record && record.UploadedAtMs == writtenMs && !listing.Doubtful.Contains(block))
            {
                _blocks[block] = record;
            }
            else
            {
                unread.Add((BucketKeyKind.BlockFile, block));
            }
        }

        Sort(BucketKeyKind.DeletionMark, listing.DeletionMarks, known?.DeletionMarks, _deletionMarks, unread);
        Sort(BucketKeyKind.BrokenMark, listing.BrokenMarks, known?.BrokenMarks, _brokenMarks, unread);
        Unread = unread;
    }

    /// <summary>What has to be read.</summary>
    public IReadOnlyList<(BucketKeyKind Kind, BlockId Block)> Unread { get; }

    /// <summary>Reads one of them. What is gone meanwhile is not there; what is damaged is noted.</summary>
    /// <exception cref="BucketException">It cannot be read.</exception>
    public async ValueTask ReadAsync((BucketKeyKind Kind, BlockId Block) wanted, CancellationToken cancellationToken)
    {
        (BucketKeyKind kind, BlockId block) = wanted;
        string key = kind switch
        {
            BucketKeyKind.DeletionMark => BucketLayout.DeletionMark(_tenant, block),
            BucketKeyKind.BrokenMark => BucketLayout.BrokenMark(_tenant, block),
            _ => BucketLayout.File(_tenant, block, BlockFile.Meta),
        };
        try
        {
            int maxBytes = kind == BucketKeyKind.BlockFile ? BlockMetaText.MaxBytes : MarkText.MaxBytes;
            byte[] bytes = await _bucket.ReadAllAsync(key, maxBytes, cancellationToken).ConfigureAwait(false);
            switch (kind)
            {
                case BucketKeyKind.DeletionMark:
                    DeletionMark deletion = MarkText.ParseDeletion(key, bytes);
                    CheckName(key, deletion.Tenant, deletion.Block, block);
                    _deletionMarks[block] = deletion;
                    break;
                case BucketKeyKind.BrokenMark:
                    BrokenMark broken = MarkText.ParseBroken(key, bytes);
                    CheckName(key, broken.Tenant, broken.Block, block);
                    _brokenMarks[block] = broken;
                    break;
                default:
                    BlockMeta meta = BlockMetaText.Parse(key, bytes);
                    CheckName(key, meta.Tenant, meta.Id, block);
                    _blocks[block] = new BlockRecord(meta, _listing.Metas[block]);
                    break;
            }
        }
        catch (ObjectNotFoundException)
        {
            // Removed between the listing and now.
        }
        catch (CorruptDataException e)
        {
            if (kind == BucketKeyKind.BlockFile)
            {
                _unreadable[block] = e.Message;
            }
            else
            {
                _unreadableMarks[key] = e.Message;
            }
        }
    }

    /// <summary>What was found.</summary>
    public BucketIndexUpdate ToUpdate()
    {
        var index = new BucketIndex(
            _tenant, _listing.BeganMs, _blocks.Values, _deletionMarks.Values, _brokenMarks.Values, _listing.DeletionJobs, _listing.IsTenantDeleted);
        return new BucketIndexUpdate(
            index,
            _listing.Partial,
            [
                .. _unreadable.Where(block => !_brokenMarks.ContainsKey(block.Key)).OrderBy(static block => block.Key)
                    .Select(static block => new UnreadableBlock(block.Key, block.Value)),
            ])
        {
            UnreadableMarks = _unreadableMarks,
        };
    }

    private static void Sort<TMark>(
        BucketKeyKind kind, List<BlockId> listed, IReadOnlyDictionary<BlockId, TMark>? known, ConcurrentDictionary<BlockId, TMark> marks,
        List<(BucketKeyKind Kind, BlockId Block)> unread)
    {
        foreach (BlockId block in listed)
        {
            if (known is not null && known.TryGetValue(block, out TMark? mark))
            {
                marks[block] = mark;
            }
            else
            {
                unread.Add((kind, block));
            }
        }
    }

    private void CheckName(string key, TenantId tenant, BlockId named, BlockId expected)
    {
        if (tenant != _tenant || named != expected)
        {
            throw new CorruptDataException(key, 0, $"it is that of block {named} of tenant {tenant}");
        }
    }
}
