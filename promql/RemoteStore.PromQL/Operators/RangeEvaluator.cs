using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Windowed;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// Computes a range function at all steps of one series after the other: finds the windows and hands them to the kernel, which mostly takes them all at once.
/// Not safe for concurrent use.
/// </summary>
internal sealed class RangeEvaluator : IDisposable
{
    /// <summary>Samples that windows look at before it is asked whether anyone still waits: some milliseconds of the slowest kernels.</summary>
    private const long WorkBetweenChecks = 1 << 16;

    private readonly QueryContext _query;
    private readonly RangeFunction _function;
    private readonly AnnotationSet _annotations;
    private readonly RangeKernel _kernel;
    private readonly StepWindows _windows;
    private readonly StepGrid _grid;
    private readonly SelectorWindow _window;
    private StepWindows? _histogramWindows; // made for the first series that needs it
    private WindowedRange? _windowed; // likewise
    private byte[] _checkedName = [];

    public RangeEvaluator(QueryContext query, StepGrid grid, SelectorWindow window, RangeFunction function, AnnotationSet annotations)
    {
        _query = query;
        _function = function;
        _annotations = annotations;
        _kernel = function.CreateKernel(annotations);
        _windows = new StepWindows(query.Memory, grid, window);
        _grid = grid;
        _window = window;
    }

    /// <summary>Fills a row that has been begun; false when it has no value at any step.</summary>
    public bool Evaluate(in RangeColumns columns, StepSeries row)
    {
        _query.ThrowIfCancelled();
        row.DropName |= !_function.KeepsName;
        if (columns.HasWindows)
        {
            _windowed ??= new WindowedRange(_query, _grid, _window, _function, _kernel, _annotations);
            _windowed.Evaluate(columns, row);
        }
        else
        {
            ComputeSamples(columns, row);
        }

        if (Presence.IsEmpty(row.Present))
        {
            return false;
        }

        if (_function.CounterPosition is { } position)
        {
            CheckCounter(row, position);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel.Dispose();
        _windows.Dispose();
        _histogramWindows?.Dispose();
        _windowed?.Dispose();
    }

    private void ComputeSamples(in RangeColumns columns, StepSeries row)
    {
        _windows.Find(columns.Times);
        if (columns.Histograms.IsEmpty && _kernel.TryComputeRow(columns, _windows, row))
        {
            CountFloats();
        }
        else
        {
            _histogramWindows ??= new StepWindows(_query.Memory, _grid, _window);
            _histogramWindows.Find(columns.HistogramTimes);
            ComputeSteps(columns, _histogramWindows, row);
        }
    }

    private void CountFloats()
    {
        if (!_function.Meter.TellsSteps)
        {
            _function.Meter.Looked(_windows.Samples);
            return;
        }

        ReadOnlySpan<int> first = _windows.First;
        ReadOnlySpan<int> end = _windows.End;
        for (int step = 0; step < first.Length; step++)
        {
            _function.Meter.Looked(step, end[step] - first[step]);
        }
    }

    private void ComputeSteps(in RangeColumns columns, StepWindows histogramWindows, StepSeries row)
    {
        _kernel.Begin(columns);
        ReadOnlySpan<int> first = _windows.First;
        ReadOnlySpan<int> end = _windows.End;
        ReadOnlySpan<int> firstHistogram = histogramWindows.First;
        ReadOnlySpan<int> endHistogram = histogramWindows.End;
        long work = 0;
        long looked = 0;
        long histogramSamples = 0;
        int entered = 0;
        int left = 0;
        for (int step = 0; step < first.Length; step++)
        {
            int floats = end[step] - first[step];
            int histograms = endHistogram[step] - firstHistogram[step];
            if (floats + histograms == 0)
            {
                continue;
            }

            for (; entered < endHistogram[step]; entered++)
            {
                histogramSamples += SampleMeter.Size(columns.Histograms[entered]);
            }

            for (; left < firstHistogram[step]; left++)
            {
                histogramSamples -= SampleMeter.Size(columns.Histograms[left]);
            }

            looked += floats + histogramSamples;
            if (_function.Meter.TellsSteps)
            {
                _function.Meter.Looked(step, looked);
                looked = 0;
            }

            work += floats + histograms;
            if (work > WorkBetweenChecks)
            {
                _query.ThrowIfCancelled();
                work = 0;
            }

            _kernel.Compute(
                new RangeWindow(columns, first[step], floats, firstHistogram[step], histograms)
                {
                    Step = step,
                    TimeMs = _windows.Grid.Time(step),
                    StartMs = _windows.StartMs(step),
                    EndMs = _windows.EndMs(step),
                },
                row);
        }

        _function.Meter.Looked(looked);
    }

    /// <summary>Notes a series of floats that does not look like a counter.</summary>
    private void CheckCounter(StepSeries row, int position)
    {
        ReadOnlySpan<byte> name = LabelSet.GetValue(row.Labels, "__name__"u8);
        bool byType = _query.Options.TypeAndUnitLabels;
        if (name.IsEmpty || !HasFloat(row) || (!byType && name.SequenceEqual(_checkedName)))
        {
            return;
        }

        if (byType)
        {
            ReadOnlySpan<byte> type = LabelSet.GetValue(row.Labels, "__type__"u8);
            if (!type.SequenceEqual("counter"u8) && !type.SequenceEqual("histogram"u8))
            {
                _annotations.Info(AnnotationText.PossibleNonCounterType(RangeCall.MetricName(row), Encoding.UTF8.GetString(type)), position);
            }

            return;
        }

        _checkedName = name.ToArray();
        if (!name.EndsWith("_total"u8) && !name.EndsWith("_sum"u8) && !name.EndsWith("_count"u8) && !name.EndsWith("_bucket"u8))
        {
            _annotations.Info(AnnotationText.PossibleNonCounter(RangeCall.MetricName(row)), position);
        }
    }

    private static bool HasFloat(StepSeries row)
    {
        if (!row.HasHistograms)
        {
            return true;
        }

        for (int step = 0; step < row.Steps; step++)
        {
            if (row.Has(step) && row.Histogram(step) is null)
            {
                return true;
            }
        }

        return false;
    }
}
