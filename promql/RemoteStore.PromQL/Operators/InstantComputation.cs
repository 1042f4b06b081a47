using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Windowed;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>Finds the sample that an instant selector sees at each step.</summary>
internal sealed class InstantComputation(
    QueryContext query, StepGrid grid, SelectorWindow window, SelectorOutput output, SeriesSelection selection, AnnotationSet annotations)
    : SeriesComputation
{
    private readonly StoredHistograms _stored = new(selection.DetectsResets);
    private StepWindows? _windows; // made for the first series that needs it: one step is looked up without
    private WindowNotes? _notes; // likewise

    /// <inheritdoc/>
    public override bool Compute(SeriesBatch batch, int index, StepSeries row)
    {
        row.Begin(batch.Labels(index).Bytes.Span, dropName: false);
        ReadOnlySpan<HistogramSample> histograms = batch.Histograms(index);
        if (batch.HasWindows(index))
        {
            FillKnown(batch, index, row);
        }
        else if (!histograms.IsEmpty || output != SelectorOutput.Value)
        {
            FillSteps(batch, index, row);
        }
        else if (grid.Count == 1)
        {
            FillOne(row, batch.Timestamps(index), batch.ValueBits(index));
        }
        else
        {
            FillFloats(row, batch.Timestamps(index), batch.Values(index), batch.ValueBits(index));
        }

        if (Presence.IsEmpty(row.Present))
        {
            return false;
        }

        selection.Meter.Looked(row);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose() => _windows?.Dispose();

    private void FillOne(StepSeries row, ReadOnlySpan<long> times, ReadOnlySpan<long> bits)
    {
        long reference = window.Reference(grid, 0);
        int last = times.Length - 1;
        while (last >= 0 && times[last] > reference)
        {
            last--; // storage was told the range, so that this is rare
        }

        if (last >= 0 && times[last] > reference - window.RangeMs && !SelectedSeries.IsStale(bits[last]))
        {
            row.Set(0, BitConverter.Int64BitsToDouble(bits[last]));
        }
    }

    private void FillFloats(StepSeries row, ReadOnlySpan<long> times, ReadOnlySpan<double> samples, ReadOnlySpan<long> bits)
    {
        _windows ??= new StepWindows(query.Memory, grid, window);
        _windows.Find(times);
        ReadOnlySpan<int> ends = _windows.End;
        Span<double> values = row.Values[..ends.Length];
        _windows.Present.CopyTo(row.Present);
        if (_windows.AllPresent)
        {
            for (int step = 0; step < ends.Length; step++)
            {
                values[step] = samples[ends[step] - 1];
            }
        }
        else
        {
            for (int step = Presence.Next(_windows.Present, 0); step >= 0; step = Presence.Next(_windows.Present, step + 1))
            {
                values[step] = samples[ends[step] - 1];
            }
        }

        if (bits.Contains(Model.Samples.SampleBits.StaleMarker))
        {
            for (int step = Presence.Next(_windows.Present, 0); step >= 0; step = Presence.Next(_windows.Present, step + 1))
            {
                if (SelectedSeries.IsStale(bits[ends[step] - 1]))
                {
                    row.Remove(step);
                }
            }
        }
    }

    private void FillKnown(SeriesBatch batch, int index, StepSeries row)
    {
        _notes ??= new WindowNotes(annotations, selection.Place);
        var known = new WindowedInstant(batch, index, i => _stored.Decode(batch, batch.Histograms(index), i));
        for (int step = 0; step < grid.Count; step++)
        {
            if (known.TryFind(window.Reference(grid, step), window.RangeMs, out KnownSample sample, out long resolutionMs))
            {
                Put(row, step, sample.TimeMs, sample.StartMs, sample.Value, sample.Histogram);
                if (resolutionMs > 0)
                {
                    _notes.Outdated(resolutionMs);
                }
            }
        }
    }

    private void FillSteps(SeriesBatch batch, int index, StepSeries row)
    {
        ReadOnlySpan<long> times = batch.Timestamps(index);
        ReadOnlySpan<long> bits = batch.ValueBits(index);
        ReadOnlySpan<HistogramSample> histograms = batch.Histograms(index);
        ReadOnlySpan<long> starts = batch.StartTimestamps(index);
        int f = -1;
        int h = -1;
        int decoded = -1;
        FloatHistogram? histogram = null;
        for (int step = 0; step < grid.Count; step++)
        {
            long reference = window.Reference(grid, step);
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
            if (time <= reference - window.RangeMs || (!isHistogram && SelectedSeries.IsStale(bits[f])))
            {
                continue;
            }

            if (isHistogram && decoded != h)
            {
                histogram = _stored.Decode(batch, histograms, h);
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
        switch (output)
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
}
