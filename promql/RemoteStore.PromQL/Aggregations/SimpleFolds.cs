using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Aggregations;

/// <summary><c>count</c> and <c>group</c>: of floats and histograms alike.</summary>
internal sealed class CountFold(QueryContext query, StepGrid grid, int position, bool isGroup) : GroupFold(query, grid, position)
{
    private readonly List<double[]> _counts = [];

    /// <inheritdoc/>
    public override void AddGroup()
    {
        base.AddGroup();
        double[] counts = NewColumn();
        counts.AsSpan().Clear();
        _counts.Add(counts);
    }

    /// <inheritdoc/>
    public override void Fold(int group, StepSeries row)
    {
        ReadOnlySpan<ulong> present = row.Present;
        Span<ulong> seen = Seen(group);
        for (int word = 0; word < present.Length; word++)
        {
            seen[word] |= present[word];
        }

        if (isGroup)
        {
            return;
        }

        double[] counts = _counts[group];
        if (Presence.Count(present) == Grid.Count)
        {
            foreach (ref double count in counts.AsSpan(0, Grid.Count))
            {
                count++;
            }

            return;
        }

        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            counts[step]++;
        }
    }

    /// <inheritdoc/>
    public override void Emit(int group, StepSeries row)
    {
        Seen(group).CopyTo(row.Present);
        if (isGroup)
        {
            row.Values.Fill(1);
        }
        else
        {
            _counts[group].AsSpan(0, Grid.Count).CopyTo(row.Values);
        }
    }
}

/// <summary><c>min</c> and <c>max</c>: any number wins over NaN.</summary>
internal sealed class ExtremeFold(QueryContext query, StepGrid grid, int position, bool max) : GroupFold(query, grid, position)
{
    private readonly List<double[]> _values = [];

    /// <inheritdoc/>
    public override void AddGroup()
    {
        base.AddGroup();
        _values.Add(NewColumn());
    }

    /// <inheritdoc/>
    public override void Fold(int group, StepSeries row)
    {
        FloatsOnly(row, max ? "max" : "min");
        double[] extremes = _values[group];
        Span<ulong> seen = Seen(group);
        ReadOnlySpan<double> values = row.Values;
        ReadOnlySpan<ulong> present = row.Present;
        if (Presence.Count(present) == values.Length && Presence.Count(seen) == values.Length)
        {
            FoldWhole(values, extremes.AsSpan(0, values.Length));
            return;
        }

        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            double value = values[step];
            double extreme = extremes[step];
            if (!Presence.Has(seen, step))
            {
                Presence.Set(seen, step);
                extremes[step] = value;
            }
            else if ((max ? extreme < value : extreme > value) || double.IsNaN(extreme))
            {
                extremes[step] = value;
            }
        }
    }

    /// <inheritdoc/>
    public override void Emit(int group, StepSeries row)
    {
        Seen(group).CopyTo(row.Present);
        _values[group].AsSpan(0, Grid.Count).CopyTo(row.Values);
    }

    private void FoldWhole(ReadOnlySpan<double> values, Span<double> extremes)
    {
        for (int step = 0; step < values.Length && step < extremes.Length; step++)
        {
            double value = values[step];
            double extreme = extremes[step];
            extremes[step] = (max ? extreme < value : extreme > value) || double.IsNaN(extreme) ? value : extreme;
        }
    }
}

/// <summary><c>stddev</c> and <c>stdvar</c>, by Welford's method.</summary>
internal sealed class VarianceFold(QueryContext query, StepGrid grid, int position, bool deviation) : GroupFold(query, grid, position)
{
    private readonly List<(double[] Count, double[] Mean, double[] Squares)> _groups = [];

    /// <inheritdoc/>
    public override void AddGroup()
    {
        base.AddGroup();
        _groups.Add((NewColumn(), NewColumn(), NewColumn()));
    }

    /// <inheritdoc/>
    public override void Fold(int group, StepSeries row)
    {
        FloatsOnly(row, deviation ? "stddev" : "stdvar");
        (double[] counts, double[] means, double[] squares) = _groups[group];
        Span<ulong> seen = Seen(group);
        ReadOnlySpan<double> values = row.Values;
        ReadOnlySpan<ulong> present = row.Present;
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            double value = values[step];
            if (!Presence.Has(seen, step))
            {
                Presence.Set(seen, step);
                counts[step] = 1;
                means[step] = value;
                squares[step] = double.IsFinite(value) ? 0 : double.NaN;
                continue;
            }

            counts[step]++;
            double delta = value - means[step];
            means[step] += delta / counts[step];
            squares[step] += delta * (value - means[step]);
        }
    }

    /// <inheritdoc/>
    public override void Emit(int group, StepSeries row)
    {
        Seen(group).CopyTo(row.Present);
        (double[] counts, double[] _, double[] squares) = _groups[group];
        Span<double> values = row.Values;
        for (int step = 0; step < values.Length; step++)
        {
            double variance = squares[step] / counts[step];
            values[step] = deviation ? Math.Sqrt(variance) : variance;
        }
    }
}
