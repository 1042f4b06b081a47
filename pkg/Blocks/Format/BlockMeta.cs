using RemoteStore.Model;

namespace RemoteStore.Blocks.Format;

/// <summary>What a block holds: the content of <c>meta.json</c>. A directory without it is no block.</summary>
public sealed record BlockMeta
{
    /// <summary>Name of the block, also of its directory.</summary>
    public required BlockId Id { get; init; }

    /// <summary>Whose data it is.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>Format version of index and chunks.</summary>
    public int Version { get; init; } = BlockFormat.Version;

    /// <summary>The range that the block was cut for.</summary>
    public required BlockRange Range { get; init; }

    /// <summary>Oldest sample, milliseconds since the Unix epoch; above <see cref="MaxTime"/> when there is none.</summary>
    public required long MinTime { get; init; }

    /// <summary>Newest sample, inclusive.</summary>
    public required long MaxTime { get; init; }

    /// <summary>Milliseconds that one sample stands for after downsampling; 0 = as received.</summary>
    public long ResolutionMs { get; init; }

    /// <summary>Compaction generation: 1 when made of parts, else one above the greatest of its sources.</summary>
    public int Level { get; init; } = 1;

    /// <summary>
    /// What is in it: of a block cut from parts their ids; of one made of blocks the ids of all cut blocks whose samples it holds, however many compactions ago
    /// they were. A downsampled block has those of the raw block it was made of.
    /// </summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Blocks that it was made of directly; empty when it was cut from parts.</summary>
    public IReadOnlyList<BlockId> Parents { get; init; } = [];

    /// <summary>Counts and sizes.</summary>
    public required BlockStats Stats { get; init; }

    /// <summary>The other files of the block.</summary>
    public required IReadOnlyList<BlockFileInfo> Files { get; init; }

    /// <summary>True when no sample is in it.</summary>
    public bool IsEmpty => MinTime > MaxTime;

    /// <summary>Bytes of index and chunks.</summary>
    public long SizeBytes => Files.Sum(static file => file.SizeBytes);

    /// <summary>Cut blocks whose samples it holds: itself, or <see cref="Sources"/> when it was made of blocks.</summary>
    public IEnumerable<BlockId> SourceBlocks
    {
        get
        {
            if (Level <= 1 && ResolutionMs == 0)
            {
                return [Id];
            }

            var blocks = new List<BlockId>(Sources.Count);
            foreach (string source in Sources)
            {
                if (!BlockId.TryParse(source, out BlockId id))
                {
                    return [Id];
                }

                blocks.Add(id);
            }

            return blocks.Count > 0 ? blocks : [Id];
        }
    }

    /// <summary>
    /// True when all samples of the other block are in this one, so that it need not be read: same tenant and resolution, the range holds its samples, and
    /// its sources are among ours. Of two blocks with the same sources and range the one made later supersedes, never both each other.
    /// </summary>
    public bool Supersedes(BlockMeta other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Id == Id || other.Tenant != Tenant || other.ResolutionMs != ResolutionMs
            || (!other.IsEmpty && !(Range.Contains(other.MinTime) && Range.Contains(other.MaxTime))))
        {
            return false;
        }

        HashSet<BlockId> ours = [.. SourceBlocks];
        HashSet<BlockId> theirs = [.. other.SourceBlocks];
        return theirs.IsSubsetOf(ours) && (theirs.Count < ours.Count || (Level, Id).CompareTo((other.Level, other.Id)) > 0);
    }

    /// <summary>True when a sample of the block may lie in the query range.</summary>
    public bool Overlaps(QueryRange range) => range.Overlaps(MinTime, MaxTime);
}

/// <summary>Counts of a block, and bytes per section.</summary>
public sealed record BlockStats
{
    /// <summary>Series.</summary>
    public long Series { get; init; }

    /// <summary>Float samples.</summary>
    public long FloatSamples { get; init; }

    /// <summary>Native histogram samples.</summary>
    public long HistogramSamples { get; init; }

    /// <summary>Distinct label pairs.</summary>
    public long LabelPairs { get; init; }

    /// <summary>Chunks.</summary>
    public long Chunks { get; init; }

    /// <summary>Timestamp columns that chunks share.</summary>
    public long Columns { get; init; }

    /// <summary>Bytes of the label pairs in the index.</summary>
    public long PairBytes { get; init; }

    /// <summary>Bytes of the postings in the index.</summary>
    public long PostingsBytes { get; init; }

    /// <summary>Bytes of the series entries in the index.</summary>
    public long SeriesBytes { get; init; }

    /// <summary>Bytes of page directories, directory and footer in the index.</summary>
    public long DirectoryBytes { get; init; }

    /// <summary>Bytes of the pages of samples.</summary>
    public long SamplePageBytes { get; init; }

    /// <summary>Bytes of the pages of timestamp columns.</summary>
    public long ColumnPageBytes { get; init; }
}

/// <summary>A file of a block.</summary>
/// <param name="File">Which one.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Checksum">XxHash3 over all of it, seeded as <c>docs/block.md</c> says.</param>
public sealed record BlockFileInfo(BlockFile File, long SizeBytes, ulong Checksum);
