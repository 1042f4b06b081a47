using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;

namespace RemoteStore.PromQL.Aggregations;

/// <summary><c>quantile</c>: of the floats of each group.</summary>
internal sealed class QuantileOperator(
    QueryContext query, SeriesOperator input, Grouping grouping, ScalarArguments arguments, int position, int parameterPosition)
    : BlockingOperator(query, input.Grid)
{
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
        if (rows.Count == 0)
        {
            return;
        }

        WarnInvalid();
        var members = new List<List<int>>();
        for (int row = 0; row < rows.Count; row++)
        {
            int group = grouping.GroupOf(rows.Labels(row));
            if (group == members.Count)
            {
                members.Add([]);
            }

            members[group].Add(row);
        }

        double[] scratch = new double[members.Max(static m => m.Count)];
        for (int group = 0; group < members.Count; group++)
        {
            int target = Result.Add(grouping.Labels(group), members[group].Exists(rows.DropName));
            for (int step = 0; step < Grid.Count; step++)
            {
                int count = Gather(rows, members[group], step, scratch);
                if (count > 0)
                {
                    Result.Set(target, step, Quantiles.Of(arguments[0][step], scratch.AsSpan(0, count)), null);
                }
            }
        }
    }

    private int Gather(RowStore rows, List<int> members, int step, double[] scratch)
    {
        int count = 0;
        foreach (int row in members)
        {
            if (!rows.Has(row, step))
            {
                continue;
            }

            if (rows.Histograms(row)?[step] is not null)
            {
                Query.Annotations.Info(AnnotationText.IgnoredInAggregation("quantile"), position);
            }
            else
            {
                scratch[count++] = rows.Values(row)[step];
            }
        }

        return count;
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
