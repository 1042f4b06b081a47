using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;

namespace RemoteStore.PromQL.Aggregations;

/// <summary><c>quantile</c>: of the floats of each group. All values are held until the input ends, but no labels of series.</summary>
internal sealed class QuantileOperator(
    QueryContext query, SeriesOperator input, Grouping grouping, ScalarArguments arguments, int position, int parameterPosition)
    : SeriesOperator(query, input.Grid)
{
    private const int None = -1;

    /// <summary>Steps that are gathered in one walk over the series, so that each line of memory is fetched once.</summary>
    private const int StepsPerWalk = 8;

    private RowStore? _rows;
    private double[] _scratch = [];
    private int[] _first = []; // by group: its latest series
    private int[] _members = []; // by group: how many series it has
    private int[] _previous = []; // by series: the one of its group before it
    private int _next;
    private int _largest;

    /// <inheritdoc/>
    public override SeriesTraits Traits => grouping.IsNameless ? SeriesTraits.Distinct | SeriesTraits.OneName : SeriesTraits.Distinct;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_rows is null)
        {
            _rows = new RowStore(Query, Grid.Count);
            await arguments.EvaluateAsync(cancellationToken).ConfigureAwait(false);
            await ReadAsync(_rows, cancellationToken).ConfigureAwait(false);
            if (_rows.Count > 0)
            {
                WarnInvalid();
                _scratch = Query.Memory.RentDoubles(Query.Memory.CheckedLength((long)_largest * StepsPerWalk));
            }
        }

        return _next < grouping.Count;
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (_next < grouping.Count)
        {
            Compute(_next++, row);
            if (!Presence.IsEmpty(row.Present))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        _rows?.Dispose();
        Query.Memory.Return(_scratch);
        Query.Memory.Return(_first);
        Query.Memory.Return(_members);
        Query.Memory.Return(_previous);
        _scratch = [];
        _first = [];
        _members = [];
        _previous = [];
        grouping.Dispose();
        await input.DisposeAsync().ConfigureAwait(false);
        await arguments.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask ReadAsync(RowStore rows, CancellationToken cancellationToken)
    {
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (input.TryNext(row))
            {
                Query.ThrowIfCancelled();
                if (row.HasHistograms)
                {
                    Query.Annotations.Info(AnnotationText.IgnoredInAggregation("quantile"), position);
                    row.KeepOnly(histograms: false);
                }

                Join(grouping.GroupOf(row.Labels), rows.AddUnnamed(row));
            }
        }
    }

    private void Join(int group, int row)
    {
        QueryMemory memory = Query.Memory;
        if (row >= _previous.Length)
        {
            memory.Grow(ref _previous, row, row + 1L);
        }

        if (group >= _first.Length)
        {
            int known = _first.Length;
            memory.Grow(ref _first, known, group + 1L);
            _first.AsSpan(known).Fill(None);
        }

        if (group >= _members.Length)
        {
            int known = _members.Length;
            memory.Grow(ref _members, known, group + 1L);
            _members.AsSpan(known).Clear();
        }

        _previous[row] = _first[group];
        _first[group] = row;
        _members[group]++;
        _largest = Math.Max(_largest, _members[group]);
    }

    private void Compute(int group, StepSeries row)
    {
        RowStore rows = _rows!;
        bool dropName = false;
        for (int member = _first[group]; member != None; member = _previous[member])
        {
            dropName |= rows.DropName(member);
        }

        row.Begin(grouping.Labels(group), dropName);
        Span<int> counts = stackalloc int[StepsPerWalk];
        for (int from = 0; from < Grid.Count; from += StepsPerWalk)
        {
            int steps = Math.Min(StepsPerWalk, Grid.Count - from);
            counts.Clear();
            Gather(_first[group], from, steps, counts);
            for (int i = 0; i < steps; i++)
            {
                if (counts[i] > 0)
                {
                    Query.ThrowIfCancelled();
                    Span<double> values = _scratch.AsSpan(i * _largest, counts[i]);
                    row.Set(from + i, Quantiles.Of(arguments[0][from + i], values, Query.CancellationToken));
                }
            }
        }
    }

    private void Gather(int member, int from, int steps, Span<int> counts)
    {
        for (; member != None; member = _previous[member])
        {
            ReadOnlySpan<ulong> present = _rows!.Present(member);
            ReadOnlySpan<double> values = _rows.Values(member);
            for (int i = 0; i < steps; i++)
            {
                if (Presence.Has(present, from + i))
                {
                    _scratch[(i * _largest) + counts[i]++] = values[from + i];
                }
            }
        }
    }

    private void WarnInvalid()
    {
        ReadOnlySpan<double> quantiles = arguments[0].AsSpan(0, Grid.Count);
        double max = double.MinValue;
        double min = double.MaxValue;
        foreach (double quantile in quantiles)
        {
            if (double.IsNaN(quantile))
            {
                Query.Annotations.Warn(AnnotationText.InvalidQuantile(quantile), parameterPosition);
            }
            else
            {
                max = Math.Max(max, quantile);
                min = Math.Min(min, quantile);
            }
        }

        if (max > 1)
        {
            Query.Annotations.Warn(AnnotationText.InvalidQuantile(max), parameterPosition);
        }

        if (min < 0)
        {
            Query.Annotations.Warn(AnnotationText.InvalidQuantile(min), parameterPosition);
        }
    }
}
