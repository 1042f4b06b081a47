using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Aggregations;

/// <summary><c>topk</c>, <c>bottomk</c>, <c>limitk</c> and <c>limit_ratio</c>: some of the series of each group, as they are.</summary>
internal sealed class SelectOperator(
    QueryContext query,
    SeriesOperator input,
    Grouping grouping,
    AggregateOperator op,
    ScalarArguments arguments,
    int position,
    int parameterPosition) : BlockingOperator(query, input.Grid)
{
    private const double MaxInt64 = 9223372036854774784;
    private const double MinInt64 = -9223372036854775808;

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        grouping.Dispose();
        await input.DisposeAsync().ConfigureAwait(false);
        await arguments.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        await arguments.EvaluateAsync(cancellationToken).ConfigureAwait(false);
        using RowStore rows = await ReadAllAsync(input, cancellationToken).ConfigureAwait(false);
        Result = new RowStore(Query, Grid.Count);
        if (!CheckParameter())
        {
            return;
        }

        int[] groups = new int[rows.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            groups[row] = grouping.GroupOf(rows.Labels(row));
        }

        int[] targets = new int[rows.Count];
        targets.AsSpan().Fill(-1);
        if (op == AggregateOperator.LimitRatio)
        {
            SelectByRatio(rows, targets);
            return;
        }

        var heaps = new RankHeap[grouping.Count];
        for (int group = 0; group < heaps.Length; group++)
        {
            heaps[group] = new RankHeap(op == AggregateOperator.TopK);
        }

        long[] counts = new long[grouping.Count];
        for (int step = 0; step < Grid.Count; step++)
        {
            double parameter = arguments[0][step];
            long k = Math.Min((long)Math.Clamp(parameter, long.MinValue, (double)int.MaxValue), rows.Count);
            if (k < 1)
            {
                continue;
            }

            if (op == AggregateOperator.LimitK)
            {
                SelectFirst(rows, groups, targets, step, k, counts);
            }
            else
            {
                SelectBest(rows, groups, targets, step, k, heaps);
            }
        }
    }

    private void SelectFirst(RowStore rows, int[] groups, int[] targets, int step, long k, long[] counts)
    {
        counts.AsSpan().Clear();
        for (int row = 0; row < rows.Count; row++)
        {
            if (rows.Has(row, step) && counts[groups[row]] < k)
            {
                counts[groups[row]]++;
                Keep(rows, targets, row, step);
            }
        }
    }

    private void SelectBest(RowStore rows, int[] groups, int[] targets, int step, long k, RankHeap[] heaps)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            if (!rows.Has(row, step))
            {
                continue;
            }

            if (rows.Histograms(row)?[step] is not null)
            {
                Query.Annotations.Info(AnnotationText.IgnoredInAggregation(op.Name()), position);
            }
            else
            {
                heaps[groups[row]].Offer(rows.Values(row)[step], row, k);
            }
        }

        foreach (RankHeap heap in heaps)
        {
            foreach ((double _, int row) in heap.Ranked())
            {
                Keep(rows, targets, row, step);
            }

            heap.Clear();
        }
    }

    private void SelectByRatio(RowStore rows, int[] targets)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            double offset = SeriesSampling.Offset(rows.Labels(row));
            for (int step = Presence.Next(rows.Present(row), 0); step >= 0; step = Presence.Next(rows.Present(row), step + 1))
            {
                double ratio = Math.Clamp(arguments[0][step], -1, 1);
                if (ratio != 0 && (ratio > 0 ? offset < ratio : offset >= 1 + ratio))
                {
                    Keep(rows, targets, row, step);
                }
            }
        }
    }

    private void Keep(RowStore rows, int[] targets, int row, int step)
    {
        if (targets[row] < 0)
        {
            targets[row] = Result!.Add(rows.Labels(row), rows.DropName(row));
        }

        Result!.Set(targets[row], step, rows.Values(row)[step], rows.Histograms(row)?[step]);
    }

    /// <summary>Checks the parameter over all steps; false when nothing can be selected.</summary>
    private bool CheckParameter()
    {
        ReadOnlySpan<double> values = arguments[0].AsSpan(0, Grid.Count);
        double min = double.MaxValue;
        double max = double.MinValue;
        bool nan = false;
        foreach (double value in values)
        {
            nan |= double.IsNaN(value);
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        if (op == AggregateOperator.LimitRatio)
        {
            return CheckRatio(min, max, nan);
        }

        if (max < 1)
        {
            return false;
        }

        if (nan)
        {
            throw QueryException.Execution("Parameter value is NaN");
        }

        if (min <= MinInt64)
        {
            throw QueryException.Execution($"Scalar value {GoFloat.Shortest(min)} underflows int64");
        }

        if (max >= MaxInt64)
        {
            throw QueryException.Execution($"Scalar value {GoFloat.Shortest(max)} overflows int64");
        }

        return true;
    }

    private bool CheckRatio(double min, double max, bool nan)
    {
        if (max == 0 && min == 0)
        {
            return false;
        }

        if (nan)
        {
            throw QueryException.Execution("Ratio value is NaN");
        }

        if (max > 1)
        {
            Query.Annotations.Warn(AnnotationText.InvalidRatio(max, 1), parameterPosition);
        }

        if (min < -1)
        {
            Query.Annotations.Warn(AnnotationText.InvalidRatio(min, -1), parameterPosition);
        }

        return true;
    }
}
