using RemoteStore.Blocks.Format.Selection;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// Samples of the selected series, in label order. Neighbouring pages are read in runs, the next run while the present one is decoded; columns are decoded
/// once per querier; values go straight into the batch.
/// </summary>
internal sealed class BlockSeriesSet : ISeriesSet
{
    private const int MaxSeriesPerBatch = 512;

    private readonly PageReader? _pages;
    private readonly IndexReader? _index;
    private readonly PageWalk? _walk;
    private readonly ColumnStore? _columns;
    private readonly LabelReader? _labels;
    private readonly ChunkDecoder? _decoder;
    private readonly SeriesRuns _selection = SeriesRuns.Empty;
    private readonly QueryRange _range;
    private readonly bool _labelsOnly;
    private readonly int _maxSamples;
    private readonly bool _trims;
    private readonly HashSet<int> _needed = [];
    private Task<SamplePage[]>? _ahead;
    private SamplePage[] _run = [];
    private int _page; // of the run
    private int _next; // series from here on can still come
    private int _loaded; // labels are loaded up to here

    /// <summary>A set without series.</summary>
    public BlockSeriesSet()
    {
    }

    /// <summary>A set over the selection; its columns are shared with others of the same querier.</summary>
    /// <param name="index">The index.</param>
    /// <param name="directory">Its directory.</param>
    /// <param name="pages">Reads pages.</param>
    /// <param name="columns">Decodes columns.</param>
    /// <param name="selection">Series.</param>
    /// <param name="range">Samples outside are left out.</param>
    /// <param name="labelsOnly">True when samples are not needed.</param>
    /// <param name="memory">What may be held.</param>
    /// <param name="trims">True to let go of the index behind the first batch, which most selections fit.</param>
    public BlockSeriesSet(
        IndexReader index, IndexDirectory directory, PageReader pages, ColumnStore columns, SeriesRuns selection, QueryRange range, bool labelsOnly,
        BlockQueryMemory memory, bool trims)
    {
        _index = index;
        _pages = pages;
        _columns = columns;
        _selection = selection;
        _range = range;
        _labelsOnly = labelsOnly;
        _maxSamples = memory.BatchSamples;
        _trims = trims;
        _walk = new PageWalk(index, directory, pages, selection, range);
        _labels = new LabelReader(index, directory, memory.PairFrames);
        _decoder = new ChunkDecoder(directory.Footers.Range);
    }

    /// <inheritdoc/>
    public SeriesBatch Current { get; set; } = new();

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        Current.Clear();
        if (_selection.Count == 0)
        {
            return false;
        }

        try
        {
            return _labelsOnly
                ? await ReadLabelsAsync(cancellationToken).ConfigureAwait(false)
                : await ReadSamplesAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _loaded = _labels!.Trim() ? 0 : _loaded;
            if (_trims)
            {
                _index!.Trim();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_ahead is not null)
        {
            try
            {
                _ = await _ahead.ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ReadLimitException)
            {
                // Nobody asks for these pages any more; whoever does will meet the same trouble.
            }

            _ahead = null;
        }
    }

    // Rather hand over what there is than wait for more.
    private bool IsAheadReady => _ahead is { IsCompletedSuccessfully: true };

    private async ValueTask<bool> ReadSamplesAsync(CancellationToken cancellationToken)
    {
        while (Current.Count < MaxSeriesPerBatch && Current.Samples.Count < _maxSamples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_page == _run.Length && (Current.Count > 0 && !IsAheadReady || !await NextRunAsync(cancellationToken).ConfigureAwait(false)))
            {
                break;
            }

            await ReadPageAsync(cancellationToken).ConfigureAwait(false);
        }

        return Current.Count > 0;
    }

    private async ValueTask<bool> ReadLabelsAsync(CancellationToken cancellationToken)
    {
        while (Current.Count < MaxSeriesPerBatch && TryFindSeries(out int series))
        {
            await LoadLabelsAsync(series, cancellationToken).ConfigureAwait(false);
            Current.AddSeries(LabelsOf(series), 0, 0);
            _next = series + 1;
        }

        return Current.Count > 0;
    }

    /// <summary>Labels of a series, in memory of the batch.</summary>
    private LabelSet LabelsOf(int series)
    {
        Memory<byte> memory = Current.AllocateLabels(_labels!.LabelsLength(series));
        _labels.WriteLabels(series, memory.Span);
        return new LabelSet(memory);
    }

    private bool TryFindSeries(out int series)
    {
        int run = _selection.Seek(_next);
        series = run < _selection.RunCount ? Math.Max(_next, _selection.Start(run)) : 0;
        return run < _selection.RunCount;
    }

    private async ValueTask LoadLabelsAsync(int series, CancellationToken cancellationToken)
    {
        if (series >= _loaded)
        {
            _loaded = Math.Min(_selection.End(_selection.Seek(series)), LabelReader.FrameEnd(series));
            await _labels!.LoadAsync(series, _loaded, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the run that was read ahead and starts reading the one behind it; false at the end.</summary>
    private async ValueTask<bool> NextRunAsync(CancellationToken cancellationToken)
    {
        _ahead ??= ReadRunAsync(cancellationToken);
        SamplePage[] run = await _ahead.WaitAsync(cancellationToken).ConfigureAwait(false); // it may have begun under another token
        _ahead = null;
        _run = run;
        _page = 0;
        if (run.Length == 0)
        {
            return false;
        }

        _ahead = ReadRunAsync(cancellationToken);
        CollectColumns();
        if (_needed.Count > 0)
        {
            await _columns!.LoadAsync(_needed, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<SamplePage[]> ReadRunAsync(CancellationToken cancellationToken)
    {
        List<(int Number, PageEntry Entry)> run = await _walk!.NextRunAsync(cancellationToken).ConfigureAwait(false);
        return run.Count == 0 ? [] : await _pages!.ReadSamplesAsync(run, keep: true, cancellationToken).ConfigureAwait(false);
    }

    private void CollectColumns()
    {
        _needed.Clear();
        foreach (SamplePage page in _run)
        {
            for (int run = _selection.Seek(page.Entry.First); run < _selection.RunCount && _selection.Start(run) <= page.Entry.Last; run++)
            {
                int end = Math.Min(_selection.End(run), page.Entry.Last + 1);
                for (int series = Math.Max(_selection.Start(run), page.Entry.First); series < end; series++)
                {
                    foreach (ref readonly ChunkInfo chunk in page.Chunks(series))
                    {
                        if (chunk.Column >= 0 && _decoder!.MayOverlap(chunk, _range))
                        {
                            _needed.Add(chunk.Column);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Decodes series of the current page until it or the batch is full.</summary>
    private async ValueTask ReadPageAsync(CancellationToken cancellationToken)
    {
        SamplePage page = _run[_page];
        _next = Math.Max(_next, page.Entry.First);
        while (Current.Count < MaxSeriesPerBatch && Current.Samples.Count < _maxSamples)
        {
            if (!TryFindSeries(out int series) || series > page.Entry.Last)
            {
                _page++;
                return;
            }

            int firstFloat = Current.Samples.Count;
            int firstHistogram = Current.Samples.HistogramCount;
            for (int i = _page; i < _run.Length && _run[i].Entry.First <= series && _run[i].Entry.Last >= series; i++)
            {
                ReadSeries(_run[i], series);
            }

            _next = series + 1;
            if (Current.Samples.Count > firstFloat || Current.Samples.HistogramCount > firstHistogram)
            {
                await LoadLabelsAsync(series, cancellationToken).ConfigureAwait(false);
                Current.AddSeries(LabelsOf(series), firstFloat, firstHistogram);
            }
        }
    }

    private void ReadSeries(SamplePage page, int series)
    {
        try
        {
            foreach (ref readonly ChunkInfo chunk in page.Chunks(series))
            {
                if (_decoder!.MayOverlap(chunk, _range))
                {
                    _decoder.Decode(page, chunk, chunk.Column < 0 ? [] : _columns!.Times(chunk.Column), _range, Current.Samples);
                }
            }
        }
        catch (InvalidDataException broken)
        {
            throw _index!.Files.Corrupt(
                BlockFile.Chunks, page.Entry.Offset, $"{BlockFiles.Name(BlockSection.SamplePage)}, series {series}: {broken.Message}");
        }
    }
}
