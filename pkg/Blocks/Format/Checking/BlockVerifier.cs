using System.IO.Hashing;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Selection;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format.Checking;

/// <summary>Reads every byte of a block, checks every checksum, decodes every chunk, and compares what different sections say about the same.</summary>
internal sealed class BlockVerifier
{
    private const int StretchBytes = 1 << 20;

    private readonly BlockReader _block;
    private readonly List<BlockDamage> _damage = [];

    private BlockVerifier(BlockReader block) => _block = block;

    /// <summary>Verifies a block.</summary>
    public static async ValueTask<BlockVerification> VerifyAsync(
        IBlockSource source, IProgress<BlockProgress>? progress, CancellationToken cancellationToken)
    {
        var counting = new CountingSource(source, progress);
        using var cache = new BlockSectionCache();
        BlockReader block;
        try
        {
            block = await BlockReader.OpenAsync(counting, cache, cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException corrupt)
        {
            BlockFile file = FileOf(source, corrupt.File);
            return new([BlockDamage.Of(corrupt, file, file == BlockFile.Meta ? BlockSection.File : BlockSection.Footer, corrupt.Offset, 0)], counting.BytesRead);
        }

        using (block)
        {
            counting.BytesTotal = 2 * block.Meta.SizeBytes;
            var verifier = new BlockVerifier(block);
            await verifier.RunAsync(cancellationToken).ConfigureAwait(false);
            return new([.. verifier._damage.OrderBy(static d => d.File).ThenBy(static d => d.Offset)], counting.BytesRead);
        }
    }

    private static BlockFile FileOf(IBlockSource source, string path) =>
        path == source.Describe(BlockFile.Index) ? BlockFile.Index : path == source.Describe(BlockFile.Chunks) ? BlockFile.Chunks : BlockFile.Meta;

    private async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            IndexDirectory directory = await _block.Index.GetDirectoryAsync(cancellationToken).ConfigureAwait(false);
            long[] uses = await CheckSeriesAsync(directory, cancellationToken).ConfigureAwait(false);
            await CheckPairsAsync(directory, cancellationToken).ConfigureAwait(false);
            await CheckPostingsAsync(directory, uses, cancellationToken).ConfigureAwait(false);
            await CheckColumnsAsync(directory, cancellationToken).ConfigureAwait(false);
            await CheckSamplesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException corrupt)
        {
            // Without the directory nothing else can be found.
            BlockFooters footers = _block.Index.Footers!; // of a block that was opened by reading them
            Add(BlockDamage.Of(
                corrupt, BlockFile.Index, BlockSection.Directory, footers.DirectoryOffset, footers.DirectoryStored + BlockFormat.HashLength));
        }

        foreach (BlockFileInfo file in _block.Meta.Files)
        {
            await CheckFileAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask CheckPairsAsync(IndexDirectory directory, CancellationToken cancellationToken)
    {
        for (int frame = 0; frame < directory.Pairs.Count; frame++)
        {
            _ = await TryAsync(
                BlockSection.Pairs, directory.Pairs, frame, () => _block.Index.GetPairsAsync(directory, frame, cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>How many series have each pair.</summary>
    private async ValueTask<long[]> CheckSeriesAsync(IndexDirectory directory, CancellationToken cancellationToken)
    {
        long[] uses = new long[directory.Footers.Pairs];
        for (int frame = 0; frame < directory.Series.Count; frame++)
        {
            SeriesFrame? series = await TryAsync(
                BlockSection.Series, directory.Series, frame, () => _block.Index.GetSeriesAsync(directory, frame, cancellationToken)).ConfigureAwait(false);
            foreach (int pair in series is null ? [] : series.AllPairs)
            {
                uses[pair]++;
            }
        }

        return uses;
    }

    private async ValueTask CheckPostingsAsync(IndexDirectory directory, long[] uses, CancellationToken cancellationToken)
    {
        for (int name = 0; name < directory.NameCount; name++)
        {
            for (int pair = directory.FirstPair(name) + 1; pair < directory.EndPair(name); pair++)
            {
                uses[directory.FirstPair(name)] += uses[pair]; // the pair without a value stands for all series that have the label
            }
        }

        bool seriesKnown = _damage.Count == 0;
        int next = 0;
        for (int frame = 0; frame < directory.Postings.Count; frame++)
        {
            int first = next;
            next += directory.ListsOf(frame);
            PostingsFrame? postings = await TryAsync(
                BlockSection.Postings, directory.Postings, frame,
                () => _block.Index.GetPostingsAsync(directory, frame, cancellationToken)).ConfigureAwait(false);
            for (int list = 0; postings is not null && list < directory.ListsOf(frame); list++)
            {
                try
                {
                    SeriesRuns runs = postings.Read(list);
                    if (seriesKnown && runs.Count != uses[first + list])
                    {
                        throw new InvalidDataException($"list {list} has {runs.Count} series, {uses[first + list]} series have the pair");
                    }
                }
                catch (InvalidDataException broken)
                {
                    long offset = directory.Postings.Offset(frame);
                    Add(BlockDamage.Of(
                        _block.Index.Corrupt(offset, BlockSection.Postings, broken), BlockFile.Index, BlockSection.Postings, offset,
                        directory.Postings.Length(frame)));
                    break;
                }
            }
        }
    }

    private async ValueTask CheckColumnsAsync(IndexDirectory directory, CancellationToken cancellationToken)
    {
        var pages = new PageReader(_block.Files, int.MaxValue);
        PageTable table = directory.ColumnPages;
        int expected = 0;
        for (int frame = 0; frame < table.Frames.Count; frame++)
        {
            PageEntry[]? entries = await TryAsync(
                BlockSection.ColumnPages, table.Frames, frame,
                () => _block.Index.GetPagesAsync(BlockSection.ColumnPages, table, frame, cancellationToken)).ConfigureAwait(false);
            for (int i = 0; i < (entries?.Length ?? 0); i++)
            {
                PageEntry entry = entries![i];
                try
                {
                    int number = (frame * BlockFormat.PagesPerFrame) + i;
                    ColumnPage page = (await pages.ReadColumnsAsync([(number, entry)], keep: false, cancellationToken).ConfigureAwait(false))[0];
                    if (entry.First != expected)
                    {
                        throw new InvalidDataException($"the page begins with column {entry.First}, not {expected}");
                    }

                    for (int column = entry.First; column <= entry.Last; column++)
                    {
                        _ = page.Decode(column);
                    }
                }
                catch (Exception broken) when (broken is CorruptDataException or InvalidDataException)
                {
                    CorruptDataException corrupt = broken as CorruptDataException ?? _block.Files.Corrupt(BlockFile.Chunks, entry.Offset, broken.Message);
                    Add(BlockDamage.Of(corrupt, BlockFile.Chunks, BlockSection.ColumnPage, entry.Offset, entry.StoredLength));
                }

                expected = entry.Last + 1;
            }
        }
    }

    private async ValueTask CheckSamplesAsync(CancellationToken cancellationToken)
    {
        long series = 0;
        long floats = 0;
        long histograms = 0;
        long minTime = long.MaxValue;
        long maxTime = long.MinValue;
        byte[] previous = [];
        bool wholeBefore = _damage.Count == 0;
        BlockCursor cursor = _block.OpenCursor(QueryRange.All, skipDamage: true);
        await using (cursor.ConfigureAwait(false))
        {
            while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                series++;
                floats += cursor.Samples.Count;
                histograms += cursor.Samples.HistogramCount;
                if (cursor.Samples.Count > 0)
                {
                    minTime = Math.Min(minTime, cursor.Samples.Timestamps[0]);
                    maxTime = Math.Max(maxTime, cursor.Samples.Timestamps[^1]);
                }

                if (cursor.Samples.HistogramCount > 0)
                {
                    minTime = Math.Min(minTime, cursor.Samples.Histograms[0].TimestampMs);
                    maxTime = Math.Max(maxTime, cursor.Samples.Histograms[^1].TimestampMs);
                }

                if (previous.Length > 0 && LabelOrder.Compare(previous, cursor.Labels.Bytes.Span) >= 0)
                {
                    AddFault(BlockFile.Index, BlockSection.Series, $"series {cursor.Number} does not sort behind the one before");
                }

                previous = cursor.Labels.Bytes.ToArray();
            }

            cursor.Damage.ToList().ForEach(Add);
        }

        BlockStats stats = _block.Meta.Stats;
        if (wholeBefore && _damage.Count == 0
            && (series != stats.Series || floats != stats.FloatSamples || histograms != stats.HistogramSamples
                || minTime != _block.Meta.MinTime || maxTime != _block.Meta.MaxTime))
        {
            AddFault(
                BlockFile.Meta, BlockSection.File,
                $"meta.json tells of {stats.Series} series, {stats.FloatSamples} floats and {stats.HistogramSamples} histograms from {_block.Meta.MinTime} to "
                + $"{_block.Meta.MaxTime}, there are {series}, {floats} and {histograms} from {minTime} to {maxTime}");
        }
    }

    /// <summary>The checksum over the whole file: says nothing new unless a checksum within was made to fit.</summary>
    private async ValueTask CheckFileAsync(BlockFileInfo file, CancellationToken cancellationToken)
    {
        var hash = new XxHash3(new BlockSeal(_block.Meta.Id).Seed(file.File, BlockSection.File, 0));
        byte[] buffer = _block.Files.Cache.Buffers.Rent(StretchBytes);
        try
        {
            for (long at = 0; at < file.SizeBytes; at += StretchBytes)
            {
                Memory<byte> stretch = buffer.AsMemory(0, (int)Math.Min(StretchBytes, file.SizeBytes - at));
                await _block.Source.ReadAsync(file.File, at, stretch, cancellationToken).ConfigureAwait(false);
                hash.Append(stretch.Span);
            }
        }
        finally
        {
            _block.Files.Cache.Buffers.Return(buffer);
        }

        if (hash.GetCurrentHashAsUInt64() != file.Checksum && _damage.TrueForAll(damage => damage.File != file.File))
        {
            AddFault(file.File, BlockSection.File, "the checksum of the file is not the one in meta.json");
        }
    }

    private async ValueTask<T?> TryAsync<T>(BlockSection kind, FrameTable table, int frame, Func<ValueTask<T>> load)
        where T : class
    {
        try
        {
            return await load().ConfigureAwait(false);
        }
        catch (CorruptDataException corrupt)
        {
            Add(BlockDamage.Of(corrupt, BlockFile.Index, kind, table.Offset(frame), table.Length(frame)));
            return null;
        }
    }

    private void AddFault(BlockFile file, BlockSection section, string what) => Add(new(file, _block.Source.Describe(file), 0, 0, section, what));

    private void Add(BlockDamage damage)
    {
        if (!_damage.Exists(known => known.File == damage.File && known.Offset == damage.Offset && known.Section == damage.Section))
        {
            _damage.Add(damage);
        }
    }
}
