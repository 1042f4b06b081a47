using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators;

/// <summary>Series of a subquery: the steps of its operand are the samples.</summary>
internal sealed class SubqueryRangeSource(QueryContext query, SeriesOperator input) : RangeSource
{
    private StepSeries? _inner;
    private long[] _times = [];
    private double[] _values = [];
    private long[] _histogramTimes = [];
    private FloatHistogram[] _histograms = [];
    private long _charged;

    /// <inheritdoc/>
    public override SeriesTraits Traits => input.Traits;

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (input.Grid.Count == 0)
        {
            return ValueTask.FromResult(false);
        }

        if (_inner is null)
        {
            _inner = new StepSeries(query.Memory, input.Grid.Count);
            _times = query.Memory.RentLongs(input.Grid.Count);
            _values = query.Memory.RentDoubles(input.Grid.Count);
        }

        return input.LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row, out RangeColumns columns)
    {
        columns = default;
        if (!input.TryNext(_inner!))
        {
            return false;
        }

        query.ThrowIfCancelled();
        row.Begin(_inner!.Labels, _inner.DropName);
        int floats = 0;
        int histograms = 0;
        ReadOnlySpan<ulong> present = _inner.Present;
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            if (_inner.Histogram(step) is { } histogram)
            {
                AddHistogram(ref histograms, input.Grid.Time(step), histogram);
            }
            else if (!SelectedSeries.IsStale(BitConverter.DoubleToInt64Bits(_inner.Values[step])))
            {
                _times[floats] = input.Grid.Time(step);
                _values[floats++] = _inner.Values[step];
            }
        }

        columns = new RangeColumns
        {
            Times = _times.AsSpan(0, floats),
            Values = _values.AsSpan(0, floats),
            HistogramTimes = _histogramTimes.AsSpan(0, histograms),
            Histograms = _histograms.AsSpan(0, histograms),
        };
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _inner?.Dispose();
        query.Memory.Return(_times);
        query.Memory.Return(_values);
        _times = [];
        _values = [];
        query.Memory.Release(_charged);
        _charged = 0;
        return input.DisposeAsync();
    }

    /// <summary>
    /// Steps may skip or repeat samples, so what a histogram says of the one before it no longer holds.
    /// </summary>
    private void AddHistogram(ref int count, long time, FloatHistogram histogram)
    {
        if (_histograms.Length == count)
        {
            int length = Math.Max(16, count * 2);
            long more = (length - count) * (long)(IntPtr.Size + sizeof(long));
            query.Memory.Charge(more);
            _charged += more;
            Array.Resize(ref _histograms, length);
            Array.Resize(ref _histogramTimes, length);
        }

        if (histogram.CounterResetHint is CounterResetHint.CounterReset or CounterResetHint.NotCounterReset)
        {
            var copy = new FloatHistogram();
            copy.CopyFrom(histogram);
            copy.CounterResetHint = CounterResetHint.Unknown;
            histogram = copy;
        }

        _histograms[count] = histogram;
        _histogramTimes[count++] = time;
    }
}
