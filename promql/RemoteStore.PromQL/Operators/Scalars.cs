using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary>A number: a literal, or what the planner worked out.</summary>
internal sealed class ConstantScalar(StepGrid grid, double value) : ScalarOperator(grid)
{
    /// <inheritdoc/>
    public override bool IsConstant => true;

    /// <inheritdoc/>
    public override ValueTask EvaluateAsync(Memory<double> values, CancellationToken cancellationToken)
    {
        values.Span.Fill(value);
        return ValueTask.CompletedTask;
    }
}

/// <summary><c>time()</c>: the evaluation time in seconds.</summary>
internal sealed class TimeScalar(StepGrid grid) : ScalarOperator(grid)
{
    /// <inheritdoc/>
    public override ValueTask EvaluateAsync(Memory<double> values, CancellationToken cancellationToken)
    {
        Span<double> span = values.Span;
        for (int step = 0; step < span.Length; step++)
        {
            span[step] = Grid.Time(step) / 1000.0;
        }

        return ValueTask.CompletedTask;
    }
}

/// <summary>A function of two scalars at each step.</summary>
internal sealed class BinaryScalar(QueryContext query, ScalarOperator left, ScalarOperator right, Func<double, double, double> function)
    : ScalarOperator(left.Grid)
{
    /// <summary>An operator between two scalars; comparisons give 0 and 1.</summary>
    public BinaryScalar(QueryContext query, ScalarOperator left, ScalarOperator right, BinaryOperator op)
        : this(query, left, right, (a, b) => FloatArithmetic.Scalar(op, a, b))
    {
    }

    /// <inheritdoc/>
    public override async ValueTask EvaluateAsync(Memory<double> values, CancellationToken cancellationToken)
    {
        double[] other = query.Memory.RentDoubles(values.Length);
        try
        {
            await left.EvaluateAsync(values, cancellationToken).ConfigureAwait(false);
            await right.EvaluateAsync(other.AsMemory(0, values.Length), cancellationToken).ConfigureAwait(false);
            for (int step = 0; step < values.Length; step++)
            {
                values.Span[step] = function(values.Span[step], other[step]);
            }
        }
        finally
        {
            query.Memory.Return(other);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await left.DisposeAsync().ConfigureAwait(false);
        await right.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>A scalar with its sign turned.</summary>
internal sealed class NegativeScalar(ScalarOperator operand) : ScalarOperator(operand.Grid)
{
    /// <inheritdoc/>
    public override async ValueTask EvaluateAsync(Memory<double> values, CancellationToken cancellationToken)
    {
        await operand.EvaluateAsync(values, cancellationToken).ConfigureAwait(false);
        foreach (ref double value in values.Span)
        {
            value = -value;
        }
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync() => operand.DisposeAsync();
}

/// <summary>A scalar that is the same at every step, worked out once.</summary>
internal sealed class StepInvariantScalar(StepGrid grid, ScalarOperator operand) : ScalarOperator(grid)
{
    /// <inheritdoc/>
    public override async ValueTask EvaluateAsync(Memory<double> values, CancellationToken cancellationToken)
    {
        if (!values.IsEmpty)
        {
            await operand.EvaluateAsync(values[..1], cancellationToken).ConfigureAwait(false);
            values.Span.Fill(values.Span[0]);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync() => operand.DisposeAsync();
}

/// <summary><c>scalar(v)</c>: the value of the only float series, NaN when there are none or several.</summary>
internal sealed class ScalarOfVector(QueryContext query, SeriesOperator input) : ScalarOperator(input.Grid)
{
    /// <inheritdoc/>
    public override async ValueTask EvaluateAsync(Memory<double> values, CancellationToken cancellationToken)
    {
        values.Span.Fill(double.NaN);
        ulong[] seen = query.Memory.RentWords(Grid.Words);
        ulong[] several = query.Memory.RentWords(Grid.Words);
        try
        {
            using var row = new StepSeries(query.Memory, Grid.Count);
            while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (input.TryNext(row))
                {
                    query.ThrowIfCancelled();
                    Fold(row, values.Span, seen, several);
                }
            }
        }
        finally
        {
            query.Memory.Return(seen);
            query.Memory.Return(several);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync() => input.DisposeAsync();

    private static void Fold(StepSeries row, Span<double> values, ulong[] seen, ulong[] several)
    {
        row.KeepOnly(histograms: false);
        ReadOnlySpan<ulong> present = row.Present;
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            if (!Presence.Has(seen, step))
            {
                Presence.Set(seen, step);
                values[step] = row.Values[step];
            }
            else if (!Presence.Has(several, step))
            {
                Presence.Set(several, step);
                values[step] = double.NaN;
            }
        }
    }
}

/// <summary>Scalar arguments of a function, worked out before its series are.</summary>
internal sealed class ScalarArguments(QueryContext query, StepGrid grid, IReadOnlyList<ScalarOperator> operators) : IAsyncDisposable
{
    private readonly double[][] _values = [.. operators.Select(_ => query.RentForPlan(grid.Count))];
    private bool _evaluated;

    /// <summary>Values of an argument by step; filled by <see cref="EvaluateAsync"/>. The array may be longer than the grid.</summary>
    public double[] this[int index] => _values[index];

    /// <summary>Number of arguments.</summary>
    public int Count => operators.Count;

    /// <summary>True when the argument is a number in the query.</summary>
    public bool IsConstant(int index) => operators[index].IsConstant;

    /// <summary>Works out all values, once.</summary>
    public async ValueTask EvaluateAsync(CancellationToken cancellationToken)
    {
        if (_evaluated)
        {
            return;
        }

        _evaluated = true;
        for (int i = 0; i < operators.Count; i++)
        {
            await operators[i].EvaluateAsync(_values[i].AsMemory(0, grid.Count), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ScalarOperator one in operators)
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>Works out the scalar arguments of an operator before its first series.</summary>
internal sealed class WithArguments(QueryContext query, SeriesOperator inner, ScalarArguments arguments) : SeriesOperator(query, inner.Grid)
{
    /// <inheritdoc/>
    public override SeriesTraits Traits => inner.Traits;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        await arguments.EvaluateAsync(cancellationToken).ConfigureAwait(false);
        return await inner.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row) => inner.TryNext(row);

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await arguments.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary><c>vector(s)</c>: a series without labels.</summary>
internal sealed class VectorOfScalar(QueryContext query, ScalarOperator scalar) : SeriesOperator(query, scalar.Grid)
{
    private double[] _values = [];
    private int _state;

    /// <inheritdoc/>
    public override SeriesTraits Traits => SeriesTraits.Distinct | SeriesTraits.OneName;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_state > 0 || Grid.Count == 0)
        {
            return false;
        }

        _values = Query.Memory.RentDoubles(Grid.Count);
        await scalar.EvaluateAsync(_values.AsMemory(0, Grid.Count), cancellationToken).ConfigureAwait(false);
        _state = 1;
        return true;
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        if (_state != 1)
        {
            return false;
        }

        _state = 2;
        row.Begin([], dropName: false);
        _values.AsSpan(0, Grid.Count).CopyTo(row.Values);
        Presence.Fill(row.Present, Grid.Count);
        return true;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        Query.Memory.Return(_values);
        _values = [];
        return scalar.DisposeAsync();
    }
}
