using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// Frames of a block's index, through the cache. The file is read in windows, so that frames needed together cost one read; a small index is one window.
/// </summary>
/// <param name="files">The block's files.</param>
/// <param name="meta">What the block holds.</param>
/// <param name="footers">The footers; null to read that of the index together with the directory.</param>
internal sealed class IndexReader(BlockFiles files, BlockMeta meta, BlockFooters? footers)
{
    private readonly long _length = BlockFooters.LengthOf(meta, BlockFile.Index);

    /// <summary>The block's files.</summary>
    public BlockFiles Files => files;

    /// <summary>The footers when they were read before anything else; see <see cref="IndexDirectory.Footers"/>.</summary>
    public BlockFooters? Footers => footers;

    /// <summary>The same index, read through other files.</summary>
    public IndexReader Through(BlockFiles other) => new(other, meta, footers);

    /// <summary>The directory.</summary>
    public async ValueTask<IndexDirectory> GetDirectoryAsync(CancellationToken cancellationToken)
    {
        if (files.Find<IndexDirectory>(BlockSection.Directory, 0) is { } kept)
        {
            return kept;
        }

        BlockFooters known = footers ?? await ReadFooterAsync(cancellationToken).ConfigureAwait(false);
        long offset = known.DirectoryOffset;
        ReadOnlyMemory<byte> unit = await ReadAsync(offset, known.DirectoryStored + BlockFormat.HashLength, cancellationToken).ConfigureAwait(false);
        byte[] bytes = files.Open(BlockFile.Index, BlockSection.Directory, offset, unit.Span, known.DirectoryStored, known.DirectoryRaw);
        IndexDirectory directory = Parse(offset, BlockSection.Directory, () => IndexDirectory.Parse(bytes, known));
        files.Keep(BlockSection.Directory, 0, directory, directory.SizeBytes);
        return directory;
    }

    /// <summary>A frame of label pairs.</summary>
    public async ValueTask<PairFrame> GetPairsAsync(IndexDirectory directory, int frame, CancellationToken cancellationToken)
    {
        if (files.Find<PairFrame>(BlockSection.Pairs, frame) is { } known)
        {
            return known;
        }

        byte[] bytes = await ReadFrameAsync(BlockSection.Pairs, directory.Pairs, frame, cancellationToken).ConfigureAwait(false);
        int first = frame * BlockFormat.PairsPerFrame;
        int count = Math.Min(BlockFormat.PairsPerFrame, directory.Footers.Pairs - first);
        PairFrame pairs = Parse(directory.Pairs.Offset(frame), BlockSection.Pairs, () => PairFrame.Parse(bytes, first, count, directory));
        files.Keep(BlockSection.Pairs, frame, pairs, pairs.SizeBytes);
        return pairs;
    }

    /// <summary>A frame of series.</summary>
    public async ValueTask<SeriesFrame> GetSeriesAsync(IndexDirectory directory, int frame, CancellationToken cancellationToken)
    {
        if (files.Find<SeriesFrame>(BlockSection.Series, frame) is { } known)
        {
            return known;
        }

        byte[] bytes = await ReadFrameAsync(BlockSection.Series, directory.Series, frame, cancellationToken).ConfigureAwait(false);
        int first = frame * BlockFormat.SeriesPerFrame;
        int count = Math.Min(BlockFormat.SeriesPerFrame, directory.Footers.Series - first);
        SeriesFrame series = Parse(
            directory.Series.Offset(frame), BlockSection.Series, () => SeriesFrame.Parse(bytes, first, count, directory.Footers.Pairs));
        files.Keep(BlockSection.Series, frame, series, series.SizeBytes);
        return series;
    }

    /// <summary>A frame of postings.</summary>
    public async ValueTask<PostingsFrame> GetPostingsAsync(IndexDirectory directory, int frame, CancellationToken cancellationToken)
    {
        if (files.Find<PostingsFrame>(BlockSection.Postings, frame) is { } known)
        {
            return known;
        }

        byte[] bytes = await ReadFrameAsync(BlockSection.Postings, directory.Postings, frame, cancellationToken).ConfigureAwait(false);
        PostingsFrame postings = Parse(
            directory.Postings.Offset(frame), BlockSection.Postings, () => PostingsFrame.Parse(bytes, directory.ListsOf(frame), directory.Footers.Series));
        files.Keep(BlockSection.Postings, frame, postings, postings.SizeBytes);
        return postings;
    }

    /// <summary>A frame of one of the page directories.</summary>
    public async ValueTask<PageEntry[]> GetPagesAsync(BlockSection kind, PageTable table, int frame, CancellationToken cancellationToken)
    {
        if (files.Find<PageEntry[]>(kind, frame) is { } known)
        {
            return known;
        }

        byte[] bytes = await ReadFrameAsync(kind, table.Frames, frame, cancellationToken).ConfigureAwait(false);
        int end = kind == BlockSection.SamplePages ? (int)meta.Stats.Series : int.MaxValue;
        PageEntry[] pages = Parse(table.Frames.Offset(frame), kind, () => PageEntries.Parse(bytes, table, frame, end, meta.Range.Start));
        files.Keep(kind, frame, pages, (long)PageEntries.EntryBytes * pages.Length);
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
        files.Corrupt(BlockFile.Index, offset, $"{BlockFiles.Name(kind)}: {broken.Message}");

    private async ValueTask<byte[]> ReadFrameAsync(BlockSection kind, FrameTable table, int frame, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> unit = await ReadAsync(table.Offset(frame), table.Length(frame), cancellationToken).ConfigureAwait(false);
        return files.Open(BlockFile.Index, kind, table.Offset(frame), unit.Span, table.Stored(frame), table.Raw(frame));
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int length, CancellationToken cancellationToken)
    {
        int windowBytes = WindowBytes;
        long first = offset / windowBytes;
        long last = (offset + length - 1) / windowBytes;
        if (first == last)
        {
            byte[] window = await GetWindowAsync(first, windowBytes, cancellationToken).ConfigureAwait(false);
            return window.AsMemory((int)(offset - (first * windowBytes)), length);
        }

        byte[] bytes = new byte[length];
        if (last - first > 2)
        {
            await files.ReadAsync(BlockFile.Index, offset, bytes, cancellationToken).ConfigureAwait(false);
            return bytes;
        }

        for (int done = 0; done < length;)
        {
            long number = (offset + done) / windowBytes;
            byte[] window = await GetWindowAsync(number, windowBytes, cancellationToken).ConfigureAwait(false);
            int from = (int)(offset + done - (number * windowBytes));
            int count = Math.Min(length - done, window.Length - from);
            window.AsSpan(from, count).CopyTo(bytes.AsSpan(done));
            done += count;
        }

        return bytes;
    }

    private int WindowBytes => _length <= files.Sizes.WholeIndexBytes ? files.Sizes.WholeIndexBytes : files.Sizes.IndexWindowBytes;

    private async ValueTask<BlockFooters> ReadFooterAsync(CancellationToken cancellationToken)
    {
        long offset = _length - BlockFormat.FooterLength;
        ReadOnlyMemory<byte> footer = offset < 0
            ? throw files.Corrupt(BlockFile.Index, 0, $"an index of {_length} bytes is not possible")
            : await ReadAsync(offset, BlockFormat.FooterLength, cancellationToken).ConfigureAwait(false);
        return BlockFooters.OfIndex(files, meta, footer.Span);
    }

    private async ValueTask<byte[]> GetWindowAsync(long number, int windowBytes, CancellationToken cancellationToken)
    {
        if (files.Find<byte[]>(BlockSection.File, (int)number) is { } known)
        {
            return known;
        }

        long start = number * windowBytes;
        long end = Math.Min(start + windowBytes, _length);
        bool isTail = footers is null && number > 0 && end == _length;
        if (isTail)
        {
            // The last window may be no more than the footer; the one before has what the footer leads to, and both in one read cost little more.
            start -= windowBytes;
        }

        byte[] bytes = new byte[end - start];
        await files.ReadAsync(BlockFile.Index, start, bytes, cancellationToken).ConfigureAwait(false);
        if (isTail)
        {
            files.Keep(BlockSection.File, (int)number - 1, bytes[..windowBytes], windowBytes);
            bytes = bytes[windowBytes..];
        }

        files.Keep(BlockSection.File, (int)number, bytes, bytes.Length);
        return bytes;
    }
}
