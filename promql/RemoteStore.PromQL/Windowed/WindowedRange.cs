using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// Computes a function of ranges at all steps of one series of which there are windows: what <see cref="RangeEvaluator"/> does of samples alone. Steps whose ranges
/// hold samples only are left to the kernel over samples. Not safe for concurrent use.
/// </summary>
internal sealed class WindowedRange : IDisposable
{
    private readonly QueryContext _query;
    private readonly StepGrid _grid;
    private readonly SelectorWindow _window;
    private readonly SampleMeter _meter;
    private readonly RangeKernel _raw;
    private readonly WindowNotes _notes;
    private readonly WindowKernel? _kernel;
    private readonly WindowedExtended? _extended;
    private readonly WindowRun _floats;
    private readonly bool _knowsFirst;
    private readonly WindowRun _histograms;

    /// <param name="query">The query.</param>
    /// <param name="grid">The steps.</param>
    /// <param name="window">Where in time each looks.</param>
    /// <param name="function">The function.</param>
    /// <param name="raw">Its kernel over samples; stays the caller's.</param>
    /// <param name="annotations">Where it reports.</param>
    public WindowedRange(
        QueryContext query, StepGrid grid, SelectorWindow window, RangeFunction function, RangeKernel raw, AnnotationSet annotations)
    {
        (_query, _grid, _window, _raw, _meter) = (query, grid, window, raw, function.Meter);
        WindowedFunction windowed = function.Windowed;
        _notes = new WindowNotes(annotations, windowed.Place);
        _knowsFirst = windowed.ReadsFirst;
        _kernel = windowed.Create?.Invoke(annotations, _notes, raw);
        _extended = _kernel is null ? new WindowedExtended(query, grid, window, function, (raw, windowed.CreateCut?.Invoke(annotations)), _notes) : null;
        _floats = new WindowRun(query.Memory);
        _histograms = new WindowRun(query.Memory);
    }

    /// <summary>Fills a row that has been begun.</summary>
    public void Evaluate(in RangeColumns columns, StepSeries row)
    {
        ReadOnlySpan<WindowAggregate> floats = _floats.Join(columns);
        ReadOnlySpan<WindowAggregate> spans = _histograms.JoinHistograms(columns);
        if (_extended is not null)
        {
            _extended.Evaluate(floats, spans, _histograms.Histograms, row);
            return;
        }

        _raw.Begin(columns);
        var floatCursor = new WindowCursor(_knowsFirst);
        var histogramCursor = new WindowCursor(_knowsFirst);
        for (int step = 0; step < _grid.Count; step++)
        {
            long end = _window.Reference(_grid, step);
            long start = end - _window.RangeMs;
            WindowChoice ofFloats = floatCursor.Move(floats, start, end);
            WindowChoice ofHistograms = histogramCursor.Move(spans, start, end);
            if (ofFloats.Count + ofHistograms.Count == 0)
            {
                continue;
            }

            _meter.Looked(_meter.TellsSteps ? step : 0, ofFloats.Count + HistogramSamples(ofHistograms));
            if (ofFloats.IsExact && ofHistograms.IsExact
                && _floats.AreSamples(ofFloats.First, ofFloats.End, out int first)
                && _histograms.AreSamples(ofHistograms.First, ofHistograms.End, out int firstHistogram))
            {
                _raw.Compute(
                    new RangeWindow(columns, first, ofFloats.Count, firstHistogram, ofHistograms.Count)
                    {
                        Step = step,
                        TimeMs = _grid.Time(step),
                        StartMs = start,
                        EndMs = end,
                    },
                    row);
                continue;
            }

            ComputeWindows(step, (start, end), floats, ofFloats, spans, ofHistograms, row);
            if ((step & 0xff) == 0)
            {
                _query.ThrowIfCancelled();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _floats.Dispose();
        _histograms.Dispose();
        _extended?.Dispose();
    }

    private void ComputeWindows(
        int step,
        (long StartMs, long EndMs) range,
        ReadOnlySpan<WindowAggregate> floats,
        WindowChoice ofFloats,
        ReadOnlySpan<WindowAggregate> spans,
        WindowChoice ofHistograms,
        StepSeries row)
    {
        Compute(floats, ofFloats, spans, ofHistograms);
        if (!row.Has(step) && ofFloats.Cut + ofHistograms.Cut > -2)
        {
            // Too few samples, but the window in which the range ends has more.
            ofFloats = ofFloats.WithCut(floats, _knowsFirst);
            ofHistograms = ofHistograms.WithCut(spans, _knowsFirst);
            Compute(floats, ofFloats, spans, ofHistograms);
        }

        if (row.Has(step) && !(ofFloats.IsExact && ofHistograms.IsExact))
        {
            _notes.Widened(Math.Max(ofFloats.ResolutionMs, ofHistograms.ResolutionMs));
        }

        void Compute(
            ReadOnlySpan<WindowAggregate> floats, WindowChoice ofFloats, ReadOnlySpan<WindowAggregate> spans, WindowChoice ofHistograms) =>
            _kernel!.Compute(
                new WindowStep(floats, ofFloats, spans, _histograms.Histograms, ofHistograms)
                {
                    Step = step,
                    TimeMs = _grid.Time(step),
                    StartMs = range.StartMs,
                    EndMs = range.EndMs,
                },
                row);
    }

    private long HistogramSamples(WindowChoice choice)
    {
        long samples = 0;
        foreach (HistogramPiece piece in _histograms.Histograms[choice.First..choice.End])
        {
            samples += SampleMeter.Size(piece.Sum);
        }

        return samples;
    }
}
