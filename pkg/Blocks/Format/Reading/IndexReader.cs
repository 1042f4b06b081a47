using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Frames of a block's index, through the cache.</summary>
internal sealed class IndexReader
{
    private readonly BlockMeta _meta;
    private readonly long _length;
    private readonly IIndexBytes _bytes;
    private readonly ViewIndexBytes? _own; // the same, if they are a view's own

    /// <param name="files">The block's files.</param>
    /// <param name="meta">What the block holds.</param>
    /// <param name="footers">The footers; null to read that of the index together with the directory.</param>
    public IndexReader(BlockFiles files, BlockMeta meta, BlockFooters? footers)
    {
        Files = files;
        _meta = meta;
        Footers = footers;
        _length = BlockFooters.LengthOf(meta, BlockFile.Index);
        _bytes = new IndexWindows(files, _length, beginsAtEnd: footers is null);
    }

    private IndexReader(IndexReader index, BlockFiles through, BlockQueryMemory memory)
    {
        Files = through;
        _meta = index._meta;
        Footers = index.Footers;
        _length = index._length;
        _own = new ViewIndexBytes(through, _meta, memory);
        _bytes = _own;
    }

    /// <summary>The block's files.</summary>
    public BlockFiles Files { get; }

    /// <summary>The footers when they were read before anything else; see <see cref="IndexDirectory.Footers"/>.</summary>
    public BlockFooters? Footers { get; }

    /// <summary>The same index as one view reads it, through other files; <see cref="Trim"/> it when its series are chosen.</summary>
    /// <param name="other">The same files, read through another source.</param>
    /// <param name="memory">What the view may hold.</param>
    public IndexReader Through(BlockFiles other, BlockQueryMemory memory) => new(this, other, memory);

    /// <summary>Lets go of stored bytes beyond the view's share. What is asked for later is read again.</summary>
    public void Trim() => _own?.Trim();

    /// <summary>The directory, of whom nothing else is asked.</summary>
    public async ValueTask<IndexDirectory> GetDirectoryAloneAsync(CancellationToken cancellationToken)
    {
        if (_own is { } own)
        {
            own.DirectoryOnly = true;
        }

        try
        {
            return await GetDirectoryAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (_own is { } used)
            {
                used.DirectoryOnly = false;
            }
        }
    }

    /// <summary>Reads frames of pairs ahead, as far as one read goes.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="from">First frame.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public ValueTask PreparePairsAsync(IndexDirectory directory, int from, int end, CancellationToken cancellationToken)
    {
        while (from < end && Files.Find<PairFrame>(BlockSection.Pairs, from) is not null)
        {
            from++;
        }

        return _own is null || from >= end
            ? ValueTask.CompletedTask
            : _own.PrepareAsync(
                BlockSection.Pairs, directory.Pairs.Offset(from), directory.Pairs.Offset(end - 1) + directory.Pairs.Length(end - 1) - directory.Pairs.Offset(from),
                cancellationToken);
    }

    /// <summary>The directory.</summary>
    public async ValueTask<IndexDirectory> GetDirectoryAsync(CancellationToken cancellationToken)
    {
        if (Files.Find<IndexDirectory>(BlockSection.Directory, 0) is { } kept)
        {
            return kept;
        }

        BlockFooters known = Footers ?? await ReadFooterAsync(cancellationToken).ConfigureAwait(false);
        long offset = known.DirectoryOffset;
        ReadOnlyMemory<byte> unit = await _bytes.ReadAsync(BlockSection.Directory, offset, known.DirectoryStored + BlockFormat.HashLength, cancellationToken).ConfigureAwait(false);
        byte[] bytes = Files.Open(BlockFile.Index, BlockSection.Directory, offset, unit.Span, known.DirectoryStored, known.DirectoryRaw);
        IndexDirectory directory = Parse(offset, BlockSection.Directory, () => IndexDirectory.Parse(bytes, known));
        Files.Keep(BlockSection.Directory, 0, directory, directory.SizeBytes);
        return directory;
    }

    /// <summary>A frame of label pairs.</summary>
    public async ValueTask<PairFrame> GetPairsAsync(IndexDirectory directory, int frame, CancellationToken cancellationToken)
    {
        if (Files.Find<PairFrame>(BlockSection.Pairs, frame) is { } known)
        {
            return known;
        }

        byte[] bytes = await ReadFrameAsync(BlockSection.Pairs, directory.Pairs, frame, cancellationToken).ConfigureAwait(false);
        int first = frame * BlockFormat.PairsPerFrame;
        int count = Math.Min(BlockFormat.PairsPerFrame, directory.Footers.Pairs - first);
        PairFrame pairs = Parse(directory.Pairs.Offset(frame), BlockSection.Pairs, () => PairFrame.Parse(bytes, first, count, directory));
        Files.Keep(BlockSection.Pairs, frame, pairs, pairs.SizeBytes);
        return pairs;
    }

    /// <summary>A frame of series.</summary>
    public async ValueTask<SeriesFrame> GetSeriesAsync(IndexDirectory directory, int frame, CancellationToken cancellationToken)
    {
        if (Files.Find<SeriesFrame>(BlockSection.Series, frame) is { } known)
        {
            return known;
        }

        byte[] bytes = await ReadFrameAsync(BlockSection.Series, directory.Series, frame, cancellationToken).ConfigureAwait(false);
        int first = frame * BlockFormat.SeriesPerFrame;
        int count = Math.Min(BlockFormat.SeriesPerFrame, directory.Footers.Series - first);
        SeriesFrame series = Parse(
            directory.Series.Offset(frame), BlockSection.Series, () => SeriesFrame.Parse(bytes, first, count, directory.Footers.Pairs));
        Files.Keep(BlockSection.Series, frame, series, series.SizeBytes);
        return series;
    }

    /// <summary>A frame of postings.</summary>
    public async ValueTask<PostingsFrame> GetPostingsAsync(IndexDirectory directory, int frame, CancellationToken cancellationToken)
    {
        if (Files.Find<PostingsFrame>(BlockSection.Postings, frame) is { } known)
        {
            return known;
        }

        byte[] bytes = await ReadFrameAsync(BlockSection.Postings, directory.Postings, frame, cancellationToken).ConfigureAwait(false);
        PostingsFrame postings = Parse(
            directory.Postings.Offset(frame), BlockSection.Postings, () => PostingsFrame.Parse(bytes, directory.ListsOf(frame), directory.Footers.Series));
        Files.Keep(BlockSection.Postings, frame, postings, postings.SizeBytes);
        return postings;
    }

    /// <summary>A frame of one of the page directories.</summary>
    public async ValueTask<PageEntry[]> GetPagesAsync(BlockSection kind, PageTable table, int frame, CancellationToken cancellationToken)
    {
        if (Files.Find<PageEntry[]>(kind, frame) is { } known)
        {
            return known;
        }

        byte[] bytes = await ReadFrameAsync(kind, table.Frames, frame, cancellationToken).ConfigureAwait(false);
        int end = kind == BlockSection.SamplePages ? (int)_meta.Stats.Series : int.MaxValue;
        PageEntry[] pages = Parse(table.Frames.Offset(frame), kind, () => PageEntries.Parse(bytes, table, frame, end, _meta.Range.Start));
        Files.Keep(kind, frame, pages, (long)PageEntries.EntryBytes * pages.Length);
        return pages;
    }

    /// <summary>Runs a parser; what it finds broken is corrupt data at the offset.</summary>
    public T Parse<T>(long offset, BlockSection kind, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (InvalidDataException broken)
        {
            throw Corrupt(offset, kind, broken);
        }
    }

    /// <summary>The exception for a broken section of the index.</summary>
    public CorruptDataException Corrupt(long offset, BlockSection kind, InvalidDataException broken) =>
        Files.Corrupt(BlockFile.Index, offset, $"{BlockFiles.Name(kind)}: {broken.Message}");

    private async ValueTask<byte[]> ReadFrameAsync(BlockSection kind, FrameTable table, int frame, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> unit = await _bytes.ReadAsync(kind, table.Offset(frame), table.Length(frame), cancellationToken).ConfigureAwait(false);
        return Files.Open(BlockFile.Index, kind, table.Offset(frame), unit.Span, table.Stored(frame), table.Raw(frame));
    }

    private async ValueTask<BlockFooters> ReadFooterAsync(CancellationToken cancellationToken)
    {
        long offset = _length - BlockFormat.FooterLength;
        ReadOnlyMemory<byte> footer = offset < 0
            ? throw Files.Corrupt(BlockFile.Index, 0, $"an index of {_length} bytes is not possible")
            : await _bytes.ReadAsync(BlockSection.Footer, offset, BlockFormat.FooterLength, cancellationToken).ConfigureAwait(false);
        return BlockFooters.OfIndex(Files, _meta, footer.Span);
    }
}
