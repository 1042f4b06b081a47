using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators;

/// <summary>Slides the windows of all steps over each series and computes a function of each.</summary>
internal sealed class RangeFunctionOperator(
    QueryContext query,
    StepGrid grid,
    RangeSource source,
    SelectorWindow window,
    RangeKernel kernel,
    bool keepsName,
    int? counterPosition,
    SampleMeter meter) : SeriesOperator(query, grid)
{
    /// <summary>Samples that windows look at before it is asked whether anyone still waits: some milliseconds of the slowest kernels.</summary>
    private const long WorkBetweenChecks = 1 << 16;

    private byte[] _checkedLabels = [];

    /// <inheritdoc/>
    public override SeriesTraits Traits => source.Traits;

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken) =>
        Grid.Count == 0 ? ValueTask.FromResult(false) : source.LoadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (source.TryNext(row, out RangeColumns columns))
        {
            row.DropName |= !keepsName;
            kernel.Begin(columns);
            Slide(row, columns);
            if (!Presence.IsEmpty(row.Present))
            {
                if (counterPosition is { } position)
                {
                    CheckCounter(row, position);
                }

                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync() => source.DisposeAsync();

    private void Slide(StepSeries row, in RangeColumns columns)
    {
        ReadOnlySpan<long> times = columns.Times;
        ReadOnlySpan<long> histogramTimes = columns.HistogramTimes;
        int first = 0;
        int end = 0;
        int firstHistogram = 0;
        int endHistogram = 0;
        long looked = 0;
        long work = 0;
        long histogramSamples = 0;
        bool tellsSteps = meter.TellsSteps;
        for (int step = 0; step < Grid.Count; step++)
        {
            long reference = window.Reference(Grid, step);
            long from = reference - window.RangeMs - window.ReachBackMs;
            long to = reference + window.ReachAheadMs;
            while (end < times.Length && times[end] <= to)
            {
                end++;
            }

            while (first < end && times[first] <= from)
            {
                first++;
            }

            while (endHistogram < histogramTimes.Length && histogramTimes[endHistogram] <= to)
            {
                histogramSamples += SampleMeter.Size(columns.Histograms[endHistogram]);
                endHistogram++;
            }

            while (firstHistogram < endHistogram && histogramTimes[firstHistogram] <= from)
            {
                histogramSamples -= SampleMeter.Size(columns.Histograms[firstHistogram]);
                firstHistogram++;
            }

            int count = end - first + endHistogram - firstHistogram;
            if (count == 0)
            {
                continue;
            }

            looked += end - first + histogramSamples;
            if (tellsSteps)
            {
                meter.Looked(step, looked);
                looked = 0;
            }

            work += count;
            if (work > WorkBetweenChecks)
            {
                Query.ThrowIfCancelled();
                work = 0;
            }

            kernel.Compute(
                new RangeWindow(columns, first, end - first, firstHistogram, endHistogram - firstHistogram)
                {
                    Step = step,
                    TimeMs = Grid.Time(step),
                    StartMs = reference - window.RangeMs,
                    EndMs = reference,
                },
                row);
        }

        meter.Looked(looked);
    }

    /// <summary>Notes a series of floats that does not look like a counter.</summary>
    private void CheckCounter(StepSeries row, int position)
    {
        ReadOnlySpan<byte> name = LabelSet.GetValue(row.Labels, "__name__"u8);
        bool byType = Query.Options.TypeAndUnitLabels;
        if (name.IsEmpty || !HasFloat(row) || (!byType && name.SequenceEqual(_checkedLabels)))
        {
            return;
        }

        if (byType)
        {
            ReadOnlySpan<byte> type = LabelSet.GetValue(row.Labels, "__type__"u8);
            if (!type.SequenceEqual("counter"u8) && !type.SequenceEqual("histogram"u8))
            {
                Query.Annotations.Info(
                    AnnotationText.PossibleNonCounterType(RangeCall.MetricName(row), System.Text.Encoding.UTF8.GetString(type)), position);
            }

            return;
        }

        _checkedLabels = name.ToArray();
        if (!name.EndsWith("_total"u8) && !name.EndsWith("_sum"u8) && !name.EndsWith("_count"u8) && !name.EndsWith("_bucket"u8))
        {
            Query.Annotations.Info(AnnotationText.PossibleNonCounter(RangeCall.MetricName(row)), position);
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
