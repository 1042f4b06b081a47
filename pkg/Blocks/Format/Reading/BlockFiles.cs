using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>One open block's files, with the checks and the cache that every access goes through.</summary>
internal sealed class BlockFiles
{
    private readonly IBlockSource _source;
    private readonly BlockSeal _seal;
    private readonly BlockSectionCache _cache;
    private readonly long _owner;

    public BlockFiles(IBlockSource source, BlockSeal seal, BlockSectionCache cache, BlockReadSizes sizes)
    {
        _source = source;
        _seal = seal;
        _cache = cache;
        _owner = cache.NewOwner();
        Sizes = sizes;
    }

    private BlockFiles(BlockFiles files, IBlockSource through)
    {
        _source = through;
        _seal = files._seal;
        _cache = files._cache;
        _owner = files._owner;
        Sizes = files.Sizes;
    }

    /// <summary>Where the bytes come from.</summary>
    public IBlockSource Source => _source;

    /// <summary>The block's checksums.</summary>
    public BlockSeal Seal => _seal;

    /// <summary>The shared cache.</summary>
    public BlockSectionCache Cache => _cache;

    /// <summary>How much is read at once.</summary>
    public BlockReadSizes Sizes { get; }

    /// <summary>The same files and cached sections, read through another source.</summary>
    public BlockFiles Through(IBlockSource source) => new(this, source);

    /// <summary>Finds a decoded section.</summary>
    public T? Find<T>(BlockSection kind, int number)
        where T : class => _cache.Find<T>(_owner, kind, number);

    /// <summary>Keeps a decoded section.</summary>
    public void Keep(BlockSection kind, int number, object section, long sizeBytes) => _cache.Add(_owner, kind, number, section, sizeBytes);

    /// <summary>Drops what the cache has of the block.</summary>
    public void Forget() => _cache.Forget(_owner);

    /// <summary>Reads a stretch of a file.</summary>
    public ValueTask ReadAsync(BlockFile file, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        _source.ReadAsync(file, offset, destination, cancellationToken);

    /// <summary>Checks a unit and gives its compressed part back as it was; <paramref name="paddingBytes"/> zero bytes follow.</summary>
    /// <param name="file">File it came from.</param>
    /// <param name="kind">What it has to be.</param>
    /// <param name="offset">Where it lay.</param>
    /// <param name="unit">All of its bytes, checksum included.</param>
    /// <param name="stored">Stored bytes of the compressible part.</param>
    /// <param name="raw">Bytes of that part before compression; equal when it is stored plain.</param>
    /// <param name="paddingBytes">Bytes to add.</param>
    /// <exception cref="CorruptDataException">The checksum does not match, or it does not decompress.</exception>
    public byte[] Open(BlockFile file, BlockSection kind, long offset, ReadOnlySpan<byte> unit, int stored, int raw, int paddingBytes = 0)
    {
        if (!_seal.Holds(file, kind, offset, unit))
        {
            throw Corrupt(file, offset, $"the checksum of the {Name(kind)} does not match");
        }

        if (raw < stored || raw > BlockFormat.MaxRawBytes || raw > (long)stored * BlockFormat.MaxRatio)
        {
            throw Corrupt(file, offset, $"a {Name(kind)} of {stored} bytes cannot hold {raw}");
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(raw + paddingBytes);
        bytes.AsSpan(raw).Clear();
        if (raw == stored)
        {
            unit[..stored].CopyTo(bytes);
            return bytes;
        }

        try
        {
            _cache.Decompress(unit[..stored], bytes.AsSpan(0, raw));
        }
        catch (InvalidDataException broken)
        {
            throw Corrupt(file, offset, $"{Name(kind)}: {broken.Message}");
        }

        return bytes;
    }

    /// <summary>The exception for a broken place.</summary>
    public CorruptDataException Corrupt(BlockFile file, long offset, string what) => new(_source.Describe(file), offset, what);

    /// <summary>What a kind of section is called in messages.</summary>
    public static string Name(BlockSection kind) => kind switch
    {
        BlockSection.Footer => "footer",
        BlockSection.Directory => "directory",
        BlockSection.Pairs => "frame of label pairs",
        BlockSection.Postings => "frame of postings",
        BlockSection.Series => "frame of series",
        BlockSection.SamplePages => "directory of sample pages",
        BlockSection.ColumnPages => "directory of column pages",
        BlockSection.SamplePage => "page of samples",
        BlockSection.ColumnPage => "page of timestamp columns",
        _ => "file",
    };
}
