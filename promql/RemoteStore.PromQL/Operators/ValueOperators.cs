using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators;

/// <summary>A function of each float.</summary>
internal sealed class FloatFunctionOperator(QueryContext query, SeriesOperator input, Func<double, double> function) : UnaryOperator(query, input)
{
    /// <inheritdoc/>
    protected override void Apply(StepSeries row)
    {
        MathFunctions.Apply(row, function);
        row.DropName = true;
    }
}

/// <summary><c>clamp</c>, <c>clamp_min</c>, <c>clamp_max</c>: nothing where the bounds cross.</summary>
internal sealed class ClampOperator(QueryContext query, SeriesOperator input, double[]? min, double[]? max) : UnaryOperator(query, input)
{
    /// <inheritdoc/>
    protected override void Apply(StepSeries row)
    {
        row.KeepOnly(histograms: false);
        Span<double> values = row.Values;
        for (int step = 0; step < values.Length; step++)
        {
            double low = min?[step] ?? double.NegativeInfinity;
            double high = max?[step] ?? double.PositiveInfinity;
            if (high < low)
            {
                row.Remove(step);
            }
            else
            {
                values[step] = Extremes.Larger(low, Extremes.Smaller(high, values[step]));
            }
        }

        row.DropName = true;
    }
}

/// <summary><c>round</c>: to multiples, ties up.</summary>
internal sealed class RoundOperator(QueryContext query, SeriesOperator input, double[]? nearest) : UnaryOperator(query, input)
{
    /// <inheritdoc/>
    protected override void Apply(StepSeries row)
    {
        row.KeepOnly(histograms: false);
        Span<double> values = row.Values;
        for (int step = 0; step < values.Length; step++)
        {
            // The inverse loses less than a division by the multiple.
            double inverse = 1 / (nearest?[step] ?? 1);
            values[step] = Math.Floor((values[step] * inverse) + 0.5) / inverse;
        }

        row.DropName = true;
    }
}

/// <summary><c>timestamp</c> of what is not a selector: the evaluation time.</summary>
internal sealed class EvaluationTimeOperator(QueryContext query, SeriesOperator input) : UnaryOperator(query, input)
{
    /// <inheritdoc/>
    protected override void Apply(StepSeries row)
    {
        for (int step = Presence.Next(row.Present, 0); step >= 0; step = Presence.Next(row.Present, step + 1))
        {
            row.Set(step, Grid.Time(step) / 1000.0);
        }

        row.DropName = true;
    }
}

/// <summary>Marks names to be dropped.</summary>
internal sealed class MarkNameOperator(QueryContext query, SeriesOperator input) : UnaryOperator(query, input)
{
    /// <inheritdoc/>
    protected override void Apply(StepSeries row) => row.DropName = true;
}

/// <summary>Yields nothing, after its arguments have been worked out.</summary>
internal sealed class EmptyOperator(QueryContext query, StepGrid grid) : SeriesOperator(query, grid)
{
    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row) => false;
}

/// <summary>Repeats what does not depend on the step at every step.</summary>
internal sealed class StepInvariantOperator(QueryContext query, StepGrid grid, SeriesOperator input) : SeriesOperator(query, grid)
{
    private StepSeries? _single;

    /// <inheritdoc/>
    public override SeriesTraits Traits => input.Traits;

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        _single ??= new StepSeries(Query.Memory, 1);
        return Grid.Count == 0 ? ValueTask.FromResult(false) : input.LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        if (!input.TryNext(_single!))
        {
            return false;
        }

        row.Begin(_single!.Labels, _single.DropName);
        if (_single.Histogram(0) is { } histogram)
        {
            for (int step = 0; step < Grid.Count; step++)
            {
                row.Set(step, histogram);
            }
        }
        else
        {
            row.Values.Fill(_single.Values[0]);
            Presence.Fill(row.Present, Grid.Count);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        _single?.Dispose();
        return input.DisposeAsync();
    }
}
