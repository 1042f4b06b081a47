using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>What an instant selector yields of the sample it finds.</summary>
internal enum SelectorOutput
{
    /// <summary>Its value or histogram.</summary>
    Value,

    /// <summary>Its timestamp in seconds.</summary>
    Timestamp,

    /// <summary>Its start timestamp in seconds, 0 when it has none.</summary>
    StartTimestamp,

    /// <summary>Its timestamp in milliseconds; histograms are an error.</summary>
    InfoTime,
}

/// <summary>
/// The latest sample of each series at each step, when it is younger than the lookback delta and does not end the series. Ranges are open on the left: a
/// sample exactly one lookback delta old is not seen.
/// </summary>
internal sealed class InstantSelector : SeriesOperator
{
    private readonly SelectorWindow _window;
    private readonly SelectorOutput _output;
    private readonly SelectedSeries _series;
    private readonly SampleMeter _meter;

    public InstantSelector(QueryContext query, StepGrid grid, SeriesSelection selection, SelectorWindow window, SelectorOutput output)
        : base(query, grid)
    {
        _window = window;
        _output = output;
        _meter = selection.Meter;
        _series = new SelectedSeries(query, selection, new SelectHints(window.Needed(grid), grid.Count > 1 ? grid.StepMs : 0, selection.Function));
    }

    /// <inheritdoc/>
    public override SeriesTraits Traits => _series.Traits;

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken) =>
        Grid.Count == 0 ? ValueTask.FromResult(false) : _series.LoadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (_series.MoveNext())
        {
            row.Begin(_series.Batch.Labels(_series.Index).Bytes.Span, dropName: false);
            Fill(row);
            if (!Presence.IsEmpty(row.Present))
            {
                _meter.Looked(row);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync() => _series.DisposeAsync();

    private void Fill(StepSeries row)
    {
        SeriesBatch batch = _series.Batch;
        ReadOnlySpan<long> times = batch.Timestamps(_series.Index);
        ReadOnlySpan<long> bits = batch.ValueBits(_series.Index);
        ReadOnlySpan<HistogramSample> histograms = batch.Histograms(_series.Index);
        if (histograms.IsEmpty && _output == SelectorOutput.Value)
        {
            FillFloats(row, times, bits);
            return;
        }

        ReadOnlySpan<long> starts = batch.StartTimestamps(_series.Index);
        int f = -1;
        int h = -1;
        int decoded = -1;
        FloatHistogram? histogram = null;
        for (int step = 0; step < Grid.Count; step++)
        {
            long reference = _window.Reference(Grid, step);
            while (f + 1 < times.Length && times[f + 1] <= reference)
            {
                f++;
            }

            while (h + 1 < histograms.Length && histograms[h + 1].TimestampMs <= reference)
            {
                h++;
            }

            bool isHistogram = h >= 0 && (f < 0 || histograms[h].TimestampMs > times[f]);
            if (!isHistogram && f < 0)
            {
                continue;
            }

            long time = isHistogram ? histograms[h].TimestampMs : times[f];
            if (time <= reference - _window.RangeMs || (!isHistogram && SelectedSeries.IsStale(bits[f])))
            {
                continue;
            }

            if (isHistogram && decoded != h)
            {
                histogram = _series.Decode(histograms, h);
                decoded = h;
            }

            if (isHistogram && histogram!.IsStale)
            {
                continue;
            }

            long start = isHistogram ? histograms[h].StartTimestampMs : starts.IsEmpty ? 0 : starts[f];
            Put(row, step, time, start, isHistogram ? 0 : BitConverter.Int64BitsToDouble(bits[f]), isHistogram ? histogram : null);
        }
    }

    private void Put(StepSeries row, int step, long time, long start, double value, FloatHistogram? histogram)
    {
        switch (_output)
        {
            case SelectorOutput.Timestamp:
                row.Set(step, time / 1000.0);
                break;
            case SelectorOutput.StartTimestamp:
                row.Set(step, start / 1000.0);
                break;
            case SelectorOutput.InfoTime when histogram is not null:
                throw QueryException.Execution(
                    $"this should be an info metric, with float samples: {Functions.GoText.Labels(row.Labels)}");
            case SelectorOutput.InfoTime:
                row.Set(step, time);
                break;
            default:
                if (histogram is null)
                {
                    row.Set(step, value);
                }
                else
                {
                    row.Set(step, histogram);
                }

                break;
        }
    }

    private void FillFloats(StepSeries row, ReadOnlySpan<long> times, ReadOnlySpan<long> bits)
    {
        Span<double> values = row.Values;
        Span<ulong> present = row.Present;
        int next = 0;
        for (int step = 0; step < Grid.Count; step++)
        {
            long reference = _window.Reference(Grid, step);
            while (next < times.Length && times[next] <= reference)
            {
                next++;
            }

            if (next > 0 && times[next - 1] > reference - _window.RangeMs && !SelectedSeries.IsStale(bits[next - 1]))
            {
                values[step] = BitConverter.Int64BitsToDouble(bits[next - 1]);
                Presence.Set(present, step);
            }
        }
    }
}
