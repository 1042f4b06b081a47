using System.Text;
using RemoteStore.Blocks.Format.Selection;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>A view of one block. Holds a share of it, and the timestamp columns decoded so far.</summary>
/// <param name="block">The block; the view has a share of it.</param>
/// <param name="index">Its index, read through what the view reads through.</param>
/// <param name="range">Samples outside are not in the view.</param>
/// <param name="memory">What the view may hold.</param>
internal sealed class BlockQuerier(BlockReader block, IndexReader index, QueryRange range, BlockQueryMemory memory) : IQuerier
{
    // Relative costs, near nanoseconds: reading one series' labels, and reading one value's list.
    private const long TestCost = 400;
    private const long ListCost = 200;

    private ColumnStore? _columns;
    private bool _disposed;

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => [];

    /// <inheritdoc/>
    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        var wanted = new QueryRange(Math.Max(range.MinTime, hints.Range.MinTime), Math.Min(range.MaxTime, hints.Range.MaxTime));
        if (!IsInBlock(wanted))
        {
            return new BlockSeriesSet();
        }

        IndexDirectory directory = await DirectoryAsync(cancellationToken).ConfigureAwait(false);
        SeriesRuns selection = await SelectAsync(directory, matchers, cancellationToken).ConfigureAwait(false);
        var pages = new PageReader(index.Files, ColumnCount, memory.RunBytes);
        _columns ??= new ColumnStore(index, directory, pages, memory.ColumnTimes);
        if (selection.Count == 0)
        {
            index.Trim();
        }

        return new BlockSeriesSet(index, directory, pages, _columns, selection, wanted, hints.LabelsOnly, memory, trims: true);
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        TrimmedAsync(FindSeriesAsync(matchers, limit, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        TrimmedAsync(FindNamesAsync(matchers, limit, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        TrimmedAsync(FindValuesAsync(name, matchers, limit, cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            index.Trim();
            block.Release();
        }

        return ValueTask.CompletedTask;
    }

    private int ColumnCount => (int)Math.Min(block.Meta.Stats.Columns, int.MaxValue);

    private bool IsInBlock(QueryRange wanted) => !wanted.IsEmpty && block.Meta.Overlaps(wanted);

    private ValueTask<IndexDirectory> DirectoryAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return index.GetDirectoryAsync(cancellationToken);
    }

    private ValueTask<SeriesRuns> SelectAsync(IndexDirectory directory, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
        new SeriesSelector(index, directory).SelectAsync(matchers, cancellationToken);

    /// <summary>A list is complete when it is given: nothing of the index is needed any more.</summary>
    private async ValueTask<T> TrimmedAsync<T>(ValueTask<T> list)
    {
        try
        {
            return await list.ConfigureAwait(false);
        }
        finally
        {
            index.Trim();
        }
    }

    private async ValueTask<LimitedList<LabelSet>> FindSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        var found = new List<LabelSet>();
        if (!IsInBlock(range))
        {
            return new(found, false);
        }

        IndexDirectory directory = await DirectoryAsync(cancellationToken).ConfigureAwait(false);
        SeriesRuns selection = await SelectAsync(directory, matchers, cancellationToken).ConfigureAwait(false);
        var labels = new LabelReader(index, directory);
        for (int run = 0; run < selection.RunCount; run++)
        {
            for (int series = selection.Start(run); series < selection.End(run);)
            {
                int end = Math.Min(selection.End(run), LabelReader.FrameEnd(series));
                end = limit > 0 ? Math.Min(end, series + Math.Max(1, limit - found.Count)) : end;
                await labels.LoadAsync(series, end, cancellationToken).ConfigureAwait(false);
                for (; series < end; series++)
                {
                    if (limit > 0 && found.Count == limit)
                    {
                        return new(found, true);
                    }

                    found.Add(labels.Labels(series)); // the reader is never recycled: the sets own its memory
                }
            }
        }

        return new(found, false);
    }

    private async ValueTask<LimitedList<string>> FindNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        if (!IsInBlock(range))
        {
            return new(found, false);
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        IndexDirectory directory = matchers.Count == 0
            ? await index.GetDirectoryAloneAsync(cancellationToken).ConfigureAwait(false)
            : await index.GetDirectoryAsync(cancellationToken).ConfigureAwait(false);
        SeriesRuns? selection = matchers.Count == 0 ? null : await SelectAsync(directory, matchers, cancellationToken).ConfigureAwait(false);
        var lookup = new PairLookup(index, directory);
        for (int name = 0; name < directory.NameCount; name++)
        {
            if (selection is null
                || selection.Intersects(await lookup.ReadListAsync(directory.FirstPair(name), cancellationToken).ConfigureAwait(false)))
            {
                if (limit > 0 && found.Count == limit)
                {
                    return new(found, true);
                }

                found.Add(Encoding.UTF8.GetString(directory.Name(name)));
            }
        }

        return new(found, false);
    }

    private async ValueTask<LimitedList<string>> FindValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        if (!IsInBlock(range))
        {
            return new([], false);
        }

        IndexDirectory directory = await DirectoryAsync(cancellationToken).ConfigureAwait(false);
        int number = directory.FindName(Encoding.UTF8.GetBytes(name));
        if (number < 0)
        {
            return new([], false);
        }

        var lookup = new PairLookup(index, directory);
        SeriesRuns? selection = null;
        if (matchers.Count > 0)
        {
            selection = await SelectAsync(directory, matchers, cancellationToken).ConfigureAwait(false);
            selection = selection.Intersect(await lookup.ReadListAsync(directory.FirstPair(number), cancellationToken).ConfigureAwait(false));
            if (selection.Count * TestCost < (directory.EndPair(number) - directory.FirstPair(number)) * ListCost)
            {
                return await ValuesOfAsync(directory, number, selection, limit, cancellationToken).ConfigureAwait(false);
            }
        }

        return await ValuesAsync(directory, lookup, number, selection, limit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All values, or those with a series in the selection.</summary>
    private async ValueTask<LimitedList<string>> ValuesAsync(
        IndexDirectory directory, PairLookup lookup, int name, SeriesRuns? selection, int limit, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        int firstFrame = directory.FirstPair(name) / BlockFormat.PairsPerFrame;
        int frames = ((directory.EndPair(name) - 1) / BlockFormat.PairsPerFrame) + 1 - firstFrame;
        int needed = selection is null && limit > 0 ? Math.Min(frames, (limit / BlockFormat.PairsPerFrame) + 2) : frames;
        await index.PreparePairsAsync(directory, firstFrame, firstFrame + needed, cancellationToken).ConfigureAwait(false);
        for (int pair = directory.FirstPair(name) + 1; pair < directory.EndPair(name); pair++)
        {
            PairFrame frame = await lookup.FrameAsync(pair, cancellationToken).ConfigureAwait(false);
            if (selection is null || selection.Intersects(await lookup.ReadListAsync(pair, cancellationToken).ConfigureAwait(false)))
            {
                if (limit > 0 && found.Count == limit)
                {
                    return new(found, true);
                }

                found.Add(Encoding.UTF8.GetString(frame.Value(pair)));
            }
        }

        return new(found, false);
    }

    /// <summary>Values of few series, from their labels.</summary>
    private async ValueTask<LimitedList<string>> ValuesOfAsync(
        IndexDirectory directory, int name, SeriesRuns selection, int limit, CancellationToken cancellationToken)
    {
        var pairs = new SortedSet<int>();
        var labels = new LabelReader(index, directory);
        for (int run = 0; run < selection.RunCount; run++)
        {
            for (int series = selection.Start(run); series < selection.End(run);)
            {
                int end = Math.Min(selection.End(run), LabelReader.FrameEnd(series));
                await labels.LoadAsync(series, end, cancellationToken).ConfigureAwait(false);
                for (; series < end; series++)
                {
                    foreach (int pair in labels.PairsOf(series))
                    {
                        if (pair >= directory.FirstPair(name) && pair < directory.EndPair(name))
                        {
                            pairs.Add(pair);
                        }
                    }
                }
            }
        }

        var lookup = new PairLookup(index, directory);
        var found = new List<string>();
        foreach (int pair in pairs)
        {
            if (limit > 0 && found.Count == limit)
            {
                return new(found, true);
            }

            found.Add(Encoding.UTF8.GetString((await lookup.FrameAsync(pair, cancellationToken).ConfigureAwait(false)).Value(pair)));
        }

        return new(found, false);
    }
}
