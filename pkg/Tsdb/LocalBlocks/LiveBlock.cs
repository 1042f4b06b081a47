using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.LocalBlocks;

/// <summary>
/// A block that queries may read. What is to become of its directory once it is out of service happens when the catalog and the last reader have let go.
/// </summary>
internal sealed class LiveBlock
{
    /// <summary>File that makes a directory a block; written last.</summary>
    public const string MetaName = "meta.json";

    private readonly IFileSystem _files;
    private int _references = 1;
    private volatile bool _deleted;
    private volatile bool _damaged;
    private volatile bool _settled;
    private volatile LiveBlock? _replacement;

    public LiveBlock(BlockReader reader, string directory, IFileSystem files)
    {
        Reader = reader;
        Directory = directory;
        _files = files;
        long metaBytes = new FileInfo(Path.Combine(directory, MetaName)).Length;
        Sizes = new(metaBytes, SizeOf(BlockFile.Index), SizeOf(BlockFile.Chunks));
    }

    /// <summary>Open block.</summary>
    public BlockReader Reader { get; }

    /// <summary>What it holds.</summary>
    public BlockMeta Meta => Reader.Meta;

    /// <summary>Where it lies.</summary>
    public string Directory { get; }

    /// <summary>Bytes of its files.</summary>
    public BlockSizes Sizes { get; }

    /// <summary>True when the readers of the bucket have the block, too.</summary>
    public bool IsSettled => _settled;

    /// <summary>True from the moment it is being set aside: its files are about to move.</summary>
    public bool IsDamaged => _damaged;

    /// <summary>What is left of it under another id, when it turned out damaged; set before it goes out of service.</summary>
    public LiveBlock? Replacement
    {
        get => _replacement;
        set => _replacement = value;
    }

    /// <summary>Takes a reference; false when the block is closed already.</summary>
    public bool TryRetain()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Gives up a reference.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Reader.Dispose();
            if (_deleted)
            {
                Delete();
            }
        }
    }

    /// <summary>See <see cref="IsSettled"/>.</summary>
    public void MarkSettled() => _settled = true;

    /// <summary>See <see cref="IsDamaged"/>.</summary>
    public void MarkDamaged() => _damaged = true;

    /// <summary>Its files go when nobody reads it any more.</summary>
    public void MarkDeleted() => _deleted = true;

    /// <summary><c>meta.json</c> first: what is left after a crash is no block, and is removed at the next start.</summary>
    private void Delete()
    {
        try
        {
            _files.DeleteFile(Path.Combine(Directory, MetaName));
            _files.SyncDirectory(Directory);
            _files.DeleteDirectory(Directory);
        }
        catch (IOException)
        {
            // It is a block still, as old as before: the next start opens it and retention finds it again.
        }
    }

    private long SizeOf(BlockFile file) => Meta.Files.Where(info => info.File == file).Sum(static info => info.SizeBytes);
}

/// <summary>Bytes of a block's files.</summary>
internal readonly record struct BlockSizes(long MetaBytes, long IndexBytes, long ChunkBytes);
