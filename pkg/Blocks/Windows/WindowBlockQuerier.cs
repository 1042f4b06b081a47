using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Selection;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>
/// A view of a block of windows: series with windows in place of samples, and no trace of the label that names columns. Only the columns that the consumer needs
/// are decoded. Holds a share of the block.
/// </summary>
internal sealed class WindowBlockQuerier : IQuerier
{
    private readonly BlockMeta _meta;
    private readonly IndexReader _index;
    private readonly BlockQueryMemory _memory;
    private readonly BlockQuerier _columnsView;
    private readonly QueryRange _range;
    private readonly long _resolutionMs;
    private ColumnStore? _columns;
    private bool _disposed;

    /// <param name="block">The block; the view has a share of it.</param>
    /// <param name="index">Its index, read through what the view reads through.</param>
    /// <param name="range">Windows outside are not in the view.</param>
    /// <param name="memory">What the view may hold.</param>
    public WindowBlockQuerier(BlockReader block, IndexReader index, QueryRange range, BlockQueryMemory memory)
    {
        _meta = block.Meta;
        _index = index;
        _range = range;
        _memory = memory;
        _resolutionMs = block.Meta.ResolutionMs;
        _columnsView = new BlockQuerier(block, index, Widen(range), memory);
    }

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => [];

    /// <inheritdoc/>
    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var wanted = new QueryRange(Math.Max(_range.MinTime, hints.Range.MinTime), Math.Min(_range.MaxTime, hints.Range.MaxTime));
        QueryRange samples = hints.AcceptsWindows ? Widen(wanted) : wanted;
        if (wanted.IsEmpty || !_meta.Overlaps(samples) || !TryHide(matchers, out IReadOnlyList<LabelMatcher> visible))
        {
            return new BlockSeriesSet();
        }

        WindowColumns columns = hints.LabelsOnly || !hints.AcceptsWindows ? WindowColumns.Last : WindowAssembler.Needed(hints.Columns);
        IndexDirectory directory = await _index.GetDirectoryAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<SeriesRuns> stretches = await SelectColumnsAsync(directory, visible, columns, sorted, cancellationToken).ConfigureAwait(false);
        var pages = new PageReader(_index.Files, (int)Math.Min(_meta.Stats.Columns, int.MaxValue), _memory.RunBytes);
        _columns ??= new ColumnStore(_index, directory, pages, _memory.ColumnTimes);
        if (stretches.Count == 0)
        {
            _index.Trim();
        }

        return new WindowSeriesSet(
            _index,
            [
                .. stretches.Select(stretch =>
                    new BlockSeriesSet(_index, directory, pages, _columns, stretch, samples, hints.LabelsOnly, _memory, trims: false)),
            ],
            hints.LabelsOnly || !hints.AcceptsWindows ? null : new WindowAssembler(_resolutionMs, hints),
            hints.LabelsOnly,
            _memory.BatchSamples);
    }

    /// <inheritdoc/>
    public async ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        try
        {
            return await FindSeriesAsync(matchers, limit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _index.Trim();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        if (!TryHide(matchers, out IReadOnlyList<LabelMatcher> visible))
        {
            return new([], false);
        }

        LimitedList<string> all = await _columnsView.LabelNamesAsync(visible, 0, cancellationToken).ConfigureAwait(false);
        List<string> names = [.. all.Items.Where(static name => name != WindowFormat.ColumnLabel)];
        return limit > 0 && names.Count > limit ? new(names[..limit], true) : new(names, false);
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        name == WindowFormat.ColumnLabel || !TryHide(matchers, out IReadOnlyList<LabelMatcher> visible)
            ? ValueTask.FromResult(new LimitedList<string>([], false))
            : _columnsView.LabelValuesAsync(name, visible, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return _columnsView.DisposeAsync();
    }

    /// <summary>Takes out matchers on the reserved label, which no series has; false when one of them asks for it.</summary>
    private static bool TryHide(IReadOnlyList<LabelMatcher> matchers, out IReadOnlyList<LabelMatcher> visible)
    {
        visible = matchers;
        if (!matchers.Any(static matcher => matcher.Name == WindowFormat.ColumnLabel))
        {
            return true;
        }

        visible = [.. matchers.Where(static matcher => matcher.Name != WindowFormat.ColumnLabel)];
        return matchers.All(static matcher => matcher.Name != WindowFormat.ColumnLabel || matcher.MatchesEmpty);
    }

    private async ValueTask<LimitedList<LabelSet>> FindSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var found = new List<LabelSet>();
        if (_range.IsEmpty || !_meta.Overlaps(Widen(_range)) || !TryHide(matchers, out IReadOnlyList<LabelMatcher> visible))
        {
            return new(found, false);
        }

        IndexDirectory directory = await _index.GetDirectoryAsync(cancellationToken).ConfigureAwait(false);
        var labels = new LabelReader(_index, directory);
        foreach (SeriesRuns stretch in await SelectColumnsAsync(directory, visible, WindowColumns.Last, sorted: true, cancellationToken).ConfigureAwait(false))
        {
            for (int run = 0; run < stretch.RunCount; run++)
            {
                for (int series = stretch.Start(run); series < stretch.End(run); series++)
                {
                    if (limit > 0 && found.Count == limit)
                    {
                        return new(found, true);
                    }

                    await labels.LoadAsync(series, series + 1, cancellationToken).ConfigureAwait(false);
                    ReadOnlyMemory<byte> bytes = labels.Labels(series).Bytes; // the reader is never recycled: the sets own its memory
                    _ = WindowFormat.ColumnOf(bytes.Span, out int seriesLength);
                    found.Add(new LabelSet(bytes[..seriesLength]));
                }
            }
        }

        return new(found, false);
    }

    private async ValueTask<IReadOnlyList<SeriesRuns>> SelectColumnsAsync(
        IndexDirectory directory, IReadOnlyList<LabelMatcher> matchers, WindowColumns columns, bool sorted, CancellationToken cancellationToken)
    {
        SeriesRuns found = await new SeriesSelector(_index, directory).SelectAsync(matchers, cancellationToken).ConfigureAwait(false);
        return await new ColumnSelection(_index, directory).SelectAsync(found, columns, sorted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Times of all samples of the windows that overlap (start - resolution, end].</summary>
    private QueryRange Widen(QueryRange wanted)
    {
        if (wanted.IsEmpty)
        {
            return wanted;
        }

        long oldest = unchecked(wanted.MinTime - _resolutionMs + 1);
        long first = oldest <= wanted.MinTime ? WindowGrid.FirstMsOf(oldest, _resolutionMs) : long.MinValue;
        return new QueryRange(first, WindowGrid.EndOf(wanted.MaxTime, _resolutionMs));
    }
}
