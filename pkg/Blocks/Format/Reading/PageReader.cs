using RemoteStore.Chunks;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Reads neighbouring pages of the chunks file in one go, checks them and decodes their headers.</summary>
/// <param name="files">The block's files.</param>
/// <param name="columns">Columns of the block; greater numbers are damage.</param>
/// <param name="maxRunBytes">Most bytes of one read, where that is less than <see cref="BlockReadSizes.MaxRunBytes"/>.</param>
internal sealed class PageReader(BlockFiles files, int columns, int maxRunBytes = int.MaxValue)
{
    private readonly long _maxGapBytes = files.Sizes.MaxGapBytes;
    private readonly long _maxRunBytes = Math.Min(files.Sizes.MaxRunBytes, maxRunBytes);

    /// <summary>Pages of samples, in order; those not in the cache are read together.</summary>
    /// <param name="run">Entries with their numbers, in order of the file.</param>
    /// <param name="keep">Whether the cache is to keep them; a scan over everything would only push out the rest.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public ValueTask<SamplePage[]> ReadSamplesAsync(IReadOnlyList<(int Number, PageEntry Entry)> run, bool keep, CancellationToken cancellationToken) =>
        ReadAsync(
            BlockSection.SamplePage, run, keep, static page => page.SizeBytes, (entry, header, packed) => SamplePage.Parse(entry, header, packed, columns),
            cancellationToken);

    /// <summary>Pages of columns, in order; those not in the cache are read together.</summary>
    public ValueTask<ColumnPage[]> ReadColumnsAsync(IReadOnlyList<(int Number, PageEntry Entry)> run, bool keep, CancellationToken cancellationToken) =>
        ReadAsync(BlockSection.ColumnPage, run, keep, static page => page.SizeBytes, ColumnPage.Parse, cancellationToken);

    /// <summary>True when a run ending before may go on with the next entry in the same read.</summary>
    public bool Joins(PageEntry first, PageEntry last, PageEntry next) =>
        next.Offset - last.End <= _maxGapBytes && next.End - first.Offset <= _maxRunBytes;

    private async ValueTask<TPage[]> ReadAsync<TPage>(
        BlockSection kind,
        IReadOnlyList<(int Number, PageEntry Entry)> run,
        bool keep,
        Func<TPage, long> size,
        Func<PageEntry, byte[], byte[], TPage> parse,
        CancellationToken cancellationToken)
        where TPage : class
    {
        var pages = new TPage[run.Count];
        int first = -1;
        int last = -1;
        for (int i = 0; i < run.Count; i++)
        {
            if (files.Find<TPage>(kind, run[i].Number) is { } known)
            {
                pages[i] = known;
                continue;
            }

            first = first < 0 ? i : first;
            last = i;
        }

        if (first < 0)
        {
            return pages;
        }

        long start = run[first].Entry.Offset;
        long length = run[last].Entry.End - start;
        if (length > int.MaxValue)
        {
            throw files.Corrupt(BlockFile.Chunks, start, $"pages of {length} bytes are not possible");
        }

        byte[] buffer = files.Cache.Buffers.Rent((int)length);
        try
        {
            await files.ReadAsync(BlockFile.Chunks, start, buffer.AsMemory(0, (int)length), cancellationToken).ConfigureAwait(false);
            for (int i = first; i <= last; i++)
            {
                if (pages[i] is not null)
                {
                    continue;
                }

                PageEntry entry = run[i].Entry;
                pages[i] = Open(kind, entry, buffer.AsSpan((int)(entry.Offset - start), (int)entry.StoredLength), parse);
                if (keep)
                {
                    files.Keep(kind, run[i].Number, pages[i], size(pages[i]));
                }
            }
        }
        finally
        {
            files.Cache.Buffers.Return(buffer);
        }

        return pages;
    }

    private TPage Open<TPage>(BlockSection kind, PageEntry entry, ReadOnlySpan<byte> unit, Func<PageEntry, byte[], byte[], TPage> parse)
    {
        byte[] header = files.Open(BlockFile.Chunks, kind, entry.Offset, unit, entry.HeaderStored, entry.HeaderRaw);
        byte[] packed = GC.AllocateUninitializedArray<byte>(entry.PackedLength + ChunkLimits.SourcePadding);
        unit.Slice(entry.HeaderStored, entry.PackedLength).CopyTo(packed);
        packed.AsSpan(entry.PackedLength).Clear();
        try
        {
            return parse(entry, header, packed);
        }
        catch (InvalidDataException broken)
        {
            throw files.Corrupt(BlockFile.Chunks, entry.Offset, $"{BlockFiles.Name(kind)}: {broken.Message}");
        }
    }
}
