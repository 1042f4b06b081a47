using System.Collections.Frozen;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>What a tenant has in the bucket, as one object lists it, so that readers need no listing. Immutable; safe for concurrent use.</summary>
public sealed class BucketIndex
{
    private readonly FrozenDictionary<BlockId, BlockRecord> _byId;
    private readonly FrozenSet<BlockId> _held;
    private readonly FrozenSet<BlockId> _samples;

    /// <summary>Makes an index.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="updatedAtMs">When the listing that it rests on began, milliseconds since the Unix epoch: what was uploaded before is in it.</param>
    /// <param name="blocks">Blocks, those with marks included, in any order.</param>
    /// <param name="deletionMarks">Blocks to be removed; also of blocks whose removal has begun.</param>
    /// <param name="brokenMarks">Blocks that are set aside.</param>
    /// <param name="deletionJobs">Names of requests to delete series.</param>
    /// <param name="isTenantDeleted">True when all of the tenant is to be removed.</param>
    public BucketIndex(
        TenantId tenant,
        long updatedAtMs,
        IEnumerable<BlockRecord> blocks,
        IEnumerable<DeletionMark> deletionMarks,
        IEnumerable<BrokenMark> brokenMarks,
        IEnumerable<string> deletionJobs,
        bool isTenantDeleted)
    {
        Tenant = tenant;
        UpdatedAtMs = updatedAtMs;
        Blocks = [.. blocks.OrderBy(static block => block.Id)];
        DeletionMarks = deletionMarks.ToFrozenDictionary(static mark => mark.Block);
        BrokenMarks = brokenMarks.ToFrozenDictionary(static mark => mark.Block);
        DeletionJobs = [.. deletionJobs.Order(StringComparer.Ordinal)];
        IsTenantDeleted = isTenantDeleted;
        _byId = Blocks.ToFrozenDictionary(static block => block.Id);
        Readable = [.. Blocks.Where(IsReadable)];
        _samples = Readable.Where(static block => block.Meta.ResolutionMs == 0).SelectMany(static block => block.Meta.SourceBlocks).ToFrozenSet();
        _held = Readable.SelectMany(static block => block.Meta.SourceBlocks.Append(block.Id)).Concat(Retired()).ToFrozenSet();
    }

    /// <summary>Whose.</summary>
    public TenantId Tenant { get; }

    /// <summary>When the listing that it rests on began; 0 when there was none.</summary>
    public long UpdatedAtMs { get; }

    /// <summary>All blocks whose <c>meta.json</c> is there and sound, marked ones included, ascending by id.</summary>
    public IReadOnlyList<BlockRecord> Blocks { get; }

    /// <summary>Marks of blocks that are to be removed, by block.</summary>
    public IReadOnlyDictionary<BlockId, DeletionMark> DeletionMarks { get; }

    /// <summary>Marks of blocks that are set aside, by block.</summary>
    public IReadOnlyDictionary<BlockId, BrokenMark> BrokenMarks { get; }

    /// <summary>Names of the requests to delete series, ascending.</summary>
    public IReadOnlyList<string> DeletionJobs { get; }

    /// <summary>True when all of the tenant is to be removed.</summary>
    public bool IsTenantDeleted { get; }

    /// <summary>
    /// Blocks that answers rest on, ascending by id: without broken ones, and without those to be removed. A block that was replaced by one that turned out
    /// broken, or that is not listed, is among them as long as it is there.
    /// </summary>
    public IReadOnlyList<BlockRecord> Readable { get; }

    /// <summary>The index of a tenant that has nothing, or was never listed.</summary>
    public static BucketIndex Empty(TenantId tenant) => new(tenant, 0, [], [], [], [], isTenantDeleted: false);

    /// <summary>A block by its id, marked or not; null when it is not listed.</summary>
    public BlockRecord? Find(BlockId id) => _byId.GetValueOrDefault(id);

    /// <summary>
    /// True when readers of this index have the samples of a cut block: it is listed and sound, or a readable block was made of it, or it is to be removed
    /// because it is not wanted any more. Then another copy of it is not needed. False of a broken block of which something is lost.
    /// </summary>
    public bool Holds(BlockId cutBlock) =>
        _held.Contains(cutBlock) && (!BrokenMarks.TryGetValue(cutBlock, out BrokenMark? broken) || broken.Range.IsEmpty);

    /// <summary>True when readers of this index get the samples of a cut block as they were received.</summary>
    public bool HasSamples(BlockId cutBlock) => !IsTenantDeleted && _samples.Contains(cutBlock);

    /// <summary>
    /// A mark counts only while what replaces the block is listed, too: a listing may have passed the new block's place before it was written, and seen the mark,
    /// which was written after it.
    /// </summary>
    private bool IsReadable(BlockRecord block) =>
        !BrokenMarks.ContainsKey(block.Id)
        && (!DeletionMarks.TryGetValue(block.Id, out DeletionMark? mark)
            || (mark.ReplacedBy.Count > 0 && (mark.ReplacedBy.Any(BrokenMarks.ContainsKey) || !mark.ReplacedBy.Any(IsKnown))));

    private bool IsKnown(BlockId id) => _byId.ContainsKey(id) || DeletionMarks.ContainsKey(id);

    private IEnumerable<BlockId> Retired() => DeletionMarks.Values.Where(static mark => mark.ReplacedBy.Count == 0).Select(static mark => mark.Block);
}
