using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.ObjectStore;

namespace RemoteStore.Testing.LongTerm;

/// <summary>
/// Looks at what goes into a bucket: a block may be marked only when what replaces it is in the bucket to the last byte and holds its samples; what makes a block
/// one may be removed only when it is marked.
/// </summary>
/// <param name="inner">The bucket, with its faults.</param>
/// <param name="truth">The same without faults.</param>
public sealed class MarkWatch(IBucket inner, IBucket truth) : IBucket
{
    private readonly List<string> _violations = [];
    private int _marks;

    public string Description => inner.Description;

    public bool IsCreateAtomic => inner.IsCreateAtomic;

    /// <summary>Marks of replaced blocks that were looked at.</summary>
    public int Marks => Volatile.Read(ref _marks);

    /// <summary>What was not as it has to be.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_violations)
            {
                return [.. _violations];
            }
        }
    }

    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) => inner.StatAsync(key, cancellationToken);

    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        inner.ReadAsync(key, offset, destination, cancellationToken);

    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) => inner.ReadAllAsync(key, maxBytes, cancellationToken);

    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken)
    {
        if (KeyOf(key) is { Kind: BucketKeyKind.DeletionMark })
        {
            byte[] bytes = new byte[content.LengthBytes];
            await using (Stream stream = content.Open())
            {
                await stream.ReadExactlyAsync(bytes, cancellationToken);
            }

            await CheckAsync(MarkText.ParseDeletion(key, bytes));
        }

        await inner.WriteAsync(key, content, mode, cancellationToken);
    }

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        if (KeyOf(key) is { Kind: BucketKeyKind.BlockFile, File: BlockFile.Meta } block
            && BucketLayout.TryParseTenant(key, out TenantId tenant)
            && await truth.StatAsync(key, CancellationToken.None) is not null
            && await truth.StatAsync(BucketLayout.DeletionMark(tenant, block.Block), CancellationToken.None) is null)
        {
            Note($"{key} is removed, and the block is not marked");
        }

        await inner.DeleteAsync(key, cancellationToken);
    }

    public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) => inner.ListFoldersAsync(prefix, cancellationToken);

    private static BucketKey? KeyOf(string key) => BucketLayout.TryParseTenant(key, out TenantId tenant) ? BucketLayout.Parse(tenant, key) : null;

    private async Task CheckAsync(DeletionMark mark)
    {
        if (mark.ReplacedBy.Count == 0)
        {
            return; // its samples are not wanted any more, which the answers tell
        }

        _ = Interlocked.Increment(ref _marks);
        try
        {
            HashSet<BlockId> held = [];
            foreach (BlockId replacement in mark.ReplacedBy)
            {
                BlockMeta meta = await MetaAsync(mark.Tenant, replacement);
                await BlockReadBack.CheckAsync(truth, meta, CancellationToken.None);
                held.UnionWith(meta.SourceBlocks);
            }

            BlockMeta marked = await MetaAsync(mark.Tenant, mark.Block);
            if (!held.IsSupersetOf(marked.SourceBlocks))
            {
                Note($"block {mark.Block} is marked ({mark.Reason}), and {string.Join(", ", mark.ReplacedBy)} do not hold all that it was made of");
            }
        }
        catch (IOException e)
        {
            Note($"block {mark.Block} is marked ({mark.Reason}), and what replaces it is not sound: {e.Message}");
        }
    }

    private async Task<BlockMeta> MetaAsync(TenantId tenant, BlockId block)
    {
        string key = BucketLayout.File(tenant, block, BlockFile.Meta);
        return BlockMetaText.Parse(key, await truth.ReadAllAsync(key, BlockMetaText.MaxBytes, CancellationToken.None));
    }

    private void Note(string violation)
    {
        lock (_violations)
        {
            _violations.Add(violation);
        }
    }
}
