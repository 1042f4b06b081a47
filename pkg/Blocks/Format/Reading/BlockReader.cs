using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Windows;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// An open block. Opening reads <c>meta.json</c> and the footers, or nothing where the meta is known; everything else is read when it is needed and kept in
/// the cache. Counted: the source stays open until the owner and every querier and cursor have let go.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class BlockReader : IDisposable
{
    private readonly BlockFiles _files;
    private readonly IndexReader _index;
    private int _holders = 1; // the owner, and each querier and cursor; the source closes at 0
    private int _disposed;

    private BlockReader(BlockMeta meta, BlockFiles files, BlockFooters? footers)
    {
        Meta = meta;
        _files = files;
        _index = new IndexReader(files, meta, footers);
    }

    /// <summary>What the block holds.</summary>
    public BlockMeta Meta { get; }

    /// <summary>Where its bytes come from.</summary>
    public IBlockSource Source => _files.Source;

    /// <summary>Frames of the index.</summary>
    internal IndexReader Index => _index;

    /// <summary>The files.</summary>
    internal BlockFiles Files => _files;

    /// <summary>Reads and checks <c>meta.json</c> and the footers of index and chunks.</summary>
    /// <param name="source">The block's files. Owned by the reader from here on; disposed at once when opening fails.</param>
    /// <param name="cache">Shared by all blocks of a process.</param>
    /// <param name="cancellationToken">Stops the reads.</param>
    /// <exception cref="CorruptDataException">One of them is damaged, or they contradict each other.</exception>
    /// <exception cref="IOException">A file is not there or cannot be read.</exception>
    public static async ValueTask<BlockReader> OpenAsync(IBlockSource source, BlockSectionCache cache, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(cache);
        try
        {
            BlockMeta meta = await ReadMetaAsync(source, cancellationToken).ConfigureAwait(false);
            var files = new BlockFiles(source, new BlockSeal(meta.Id), cache, BlockReadSizes.Local);
            BlockFooters footers = await BlockFooters.ReadAsync(files, meta, cancellationToken).ConfigureAwait(false);
            return new BlockReader(meta, files, footers);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Opens a block whose <c>meta.json</c> is known, without reading anything: the first question to it reads the end of the index, whose footer tells the
    /// rest. The footer of the chunks file is not read; every page has a checksum of its own.
    /// </summary>
    /// <param name="meta">Content of its <c>meta.json</c>.</param>
    /// <param name="source">The block's files. Owned by the reader from here on.</param>
    /// <param name="cache">Shared by all blocks of a process.</param>
    /// <param name="sizes">How much to read at once.</param>
    public static BlockReader Open(BlockMeta meta, IBlockSource source, BlockSectionCache cache, BlockReadSizes sizes)
    {
        ArgumentNullException.ThrowIfNull(meta);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(sizes);
        return new BlockReader(meta, new BlockFiles(source, new BlockSeal(meta.Id), cache, sizes), footers: null);
    }

    /// <summary>Takes a share of the block; false when it is closed already. Give it back with <see cref="Release"/>.</summary>
    public bool TryRetain()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Gives a share back; with the last one the source is closed and the cache forgets the block.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _files.Forget();
            ValueTask closing = _files.Source.DisposeAsync();
            if (!closing.IsCompletedSuccessfully)
            {
                // Closing what was only read cannot lose anything; an error of it is seen by nobody and changes nothing.
                _ = closing.AsTask().ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
            }
        }
    }

    /// <summary>
    /// Opens a view of the block's samples in the range; dispose it. A downsampled block gives windows, or the last sample of each to those who do not read windows
    /// (<see cref="SelectHints.AcceptsWindows"/>); the label that names its columns is not seen.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The block is closed.</exception>
    public IQuerier OpenQuerier(QueryRange range)
    {
        Retain();
        return OpenView(_index, range, BlockQueryMemory.One);
    }

    /// <summary>Opens a view that reads through a source of its own: one that counts, limits or times the reads of a query. Dispose it.</summary>
    /// <param name="range">Samples outside are not in the view.</param>
    /// <param name="through">Reads the same files as <see cref="Source"/>; stays the caller's, and open until the view is disposed.</param>
    /// <param name="memory">What the view may hold.</param>
    /// <exception cref="ObjectDisposedException">The block is closed.</exception>
    public IQuerier OpenQuerier(QueryRange range, IBlockSource through, BlockQueryMemory memory)
    {
        ArgumentNullException.ThrowIfNull(through);
        Retain();
        return OpenView(_index.Through(_files.Through(through), memory), range, memory);
    }

    /// <summary>Opens a cursor over all series in label order; dispose it.</summary>
    /// <param name="range">Samples outside are left out; a series may come without samples.</param>
    /// <param name="skipDamage">True to go on behind damaged pages and frames, and list them in <see cref="BlockCursor.Damage"/>; false to throw.</param>
    /// <exception cref="ObjectDisposedException">The block is closed.</exception>
    public BlockCursor OpenCursor(QueryRange range, bool skipDamage = false)
    {
        Retain();
        return new BlockCursor(this, range, skipDamage);
    }

    /// <summary>Reads and decodes everything anew, past the cache, and lists every damaged section by file and offset.</summary>
    /// <param name="progress">Told of bytes read, if not null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IOException">A file cannot be read, for another reason than damage.</exception>
    public async ValueTask<BlockVerification> VerifyAsync(IProgress<BlockProgress>? progress, CancellationToken cancellationToken)
    {
        Retain();
        try
        {
            return await BlockVerifier.VerifyAsync(Source, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>As <see cref="VerifyAsync(IProgress{BlockProgress}, CancellationToken)"/>, for a block that may not even open.</summary>
    /// <param name="source">The block's files; stays the caller's.</param>
    /// <param name="progress">Told of bytes read, if not null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IOException">A file is not there or cannot be read, for another reason than damage.</exception>
    public static ValueTask<BlockVerification> VerifyAsync(IBlockSource source, IProgress<BlockProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        return BlockVerifier.VerifyAsync(source, progress, cancellationToken);
    }

    /// <summary>Reads <c>meta.json</c> alone.</summary>
    /// <param name="source">The block's files; stays the caller's.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    public static async ValueTask<BlockMeta> ReadMetaAsync(IBlockSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        long length = await source.GetLengthAsync(BlockFile.Meta, cancellationToken).ConfigureAwait(false);
        if (length > BlockMetaText.MaxBytes)
        {
            throw new CorruptDataException(source.Describe(BlockFile.Meta), 0, $"meta.json of {length} bytes is not possible");
        }

        byte[] bytes = new byte[length];
        await source.ReadAsync(BlockFile.Meta, 0, bytes, cancellationToken).ConfigureAwait(false);
        return BlockMetaText.Parse(source.Describe(BlockFile.Meta), bytes);
    }

    /// <summary>Lets go of the owner's share.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }

    private IQuerier OpenView(IndexReader index, QueryRange range, BlockQueryMemory memory) =>
        Meta.ResolutionMs > 0 ? new WindowBlockQuerier(this, index, range, memory) : new BlockQuerier(this, index, range, memory);

    private void Retain() => ObjectDisposedException.ThrowIf(!TryRetain(), this);
}
