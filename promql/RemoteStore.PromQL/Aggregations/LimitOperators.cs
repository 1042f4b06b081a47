using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;

namespace RemoteStore.PromQL.Aggregations;

/// <summary><c>limitk</c>: at each step the first k series of each group. They pass through; how many have passed is counted.</summary>
internal sealed class LimitOperator(QueryContext query, SeriesOperator input, Grouping grouping, ScalarArguments arguments)
    : SelectionOperator(query, input, arguments)
{
    private readonly List<int[]> _counts = [];

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (Input.TryNext(row))
        {
            int group = grouping.GroupOf(row.Labels);
            if (group == _counts.Count)
            {
                int[] added = Query.Memory.RentInts(Grid.Count);
                _counts.Add(added);
                added.AsSpan().Clear();
            }

            Limit(row, _counts[group]);
            if (!Presence.IsEmpty(row.Present))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override bool Check(out QueryException? fault) => SelectionParameter.CheckCount(Parameter, out fault);

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        foreach (int[] counts in _counts)
        {
            Query.Memory.Return(counts);
        }

        _counts.Clear();
        grouping.Dispose();
        return base.CloseAsync();
    }

    private void Limit(StepSeries row, int[] counts)
    {
        ReadOnlySpan<double> parameter = Parameter;
        for (int step = Presence.Next(row.Present, 0); step >= 0; step = Presence.Next(row.Present, step + 1))
        {
            if (counts[step] < SelectionParameter.Count(parameter[step]))
            {
                counts[step]++;
            }
            else
            {
                row.Remove(step);
            }
        }
    }
}

/// <summary><c>limit_ratio</c>: a share of the series, chosen by hash, or with a negative ratio the others.</summary>
internal sealed class LimitRatioOperator(QueryContext query, SeriesOperator input, ScalarArguments arguments, int parameterPosition)
    : SelectionOperator(query, input, arguments)
{
    private byte[] _scratch = new byte[256];

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (Input.TryNext(row))
        {
            double offset = SeriesSampling.Offset(row.Labels, ref _scratch);
            ReadOnlySpan<double> parameter = Parameter;
            for (int step = Presence.Next(row.Present, 0); step >= 0; step = Presence.Next(row.Present, step + 1))
            {
                double ratio = Math.Clamp(parameter[step], -1, 1);
                if (ratio == 0 || !(ratio > 0 ? offset < ratio : offset >= 1 + ratio))
                {
                    row.Remove(step);
                }
            }

            if (!Presence.IsEmpty(row.Present))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override bool Check(out QueryException? fault) =>
        SelectionParameter.CheckRatio(Parameter, Query.Annotations, parameterPosition, out fault);
}
