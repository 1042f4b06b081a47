namespace RemoteStore.PromQL.Execution;

/// <summary>
/// Yields series over all steps. Batches are fetched asynchronously, series are computed synchronously: <c>while (await LoadAsync) while (TryNext)</c>.
/// Not safe for concurrent use.
/// </summary>
internal abstract class SeriesOperator(QueryContext query, StepGrid grid) : IAsyncDisposable
{
    /// <summary>What the query's operators share.</summary>
    protected QueryContext Query { get; } = query;

    /// <summary>The steps of every series.</summary>
    public StepGrid Grid { get; } = grid;

    /// <summary>What is known of the labels of its series; nothing unless it says so.</summary>
    public virtual SeriesTraits Traits => SeriesTraits.None;

    /// <summary>Fetches what the next calls of <see cref="TryNext"/> need; false when there is no series left. Called first, and when that has returned false.</summary>
    public abstract ValueTask<bool> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Fills the row with the next series; false when more has to be loaded. A series has at least one value.</summary>
    public abstract bool TryNext(StepSeries row);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return CloseAsync();
    }

    /// <summary>Gives back what the operator holds, and closes its inputs.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;
}

/// <summary>An operator that changes or drops the series of another one by one.</summary>
internal abstract class UnaryOperator(QueryContext query, SeriesOperator input) : SeriesOperator(query, input.Grid)
{
    /// <summary>Where the series come from.</summary>
    protected SeriesOperator Input { get; } = input;

    /// <inheritdoc/>
    public override SeriesTraits Traits => Input.Traits;

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken) => Input.LoadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (Input.TryNext(row))
        {
            Apply(row);
            if (!Presence.IsEmpty(row.Present))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync() => Input.DisposeAsync();

    /// <summary>Changes the series in place; one that is left without values is passed over.</summary>
    protected abstract void Apply(StepSeries row);
}

/// <summary>An operator that needs all its input before it can yield anything: reads it once, into rows that it then hands out.</summary>
internal abstract class BlockingOperator(QueryContext query, StepGrid grid) : SeriesOperator(query, grid)
{
    private bool _computed;
    private int _next;

    /// <summary>The result; set by <see cref="ComputeAsync"/>.</summary>
    protected RowStore? Result { get; set; }

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (!_computed)
        {
            _computed = true;
            await ComputeAsync(cancellationToken).ConfigureAwait(false);
        }

        while (Result is not null && _next < Result.Count && Presence.IsEmpty(Result.Present(_next)))
        {
            _next++;
        }

        return Result is not null && _next < Result.Count;
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (_next < Result!.Count)
        {
            int current = _next++;
            if (!Presence.IsEmpty(Result.Present(current)))
            {
                Result.CopyTo(current, row);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        Result?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads the input and sets <see cref="Result"/>.</summary>
    protected abstract ValueTask ComputeAsync(CancellationToken cancellationToken);

    /// <summary>Reads all series of an operator.</summary>
    protected ValueTask<RowStore> ReadAllAsync(SeriesOperator input, CancellationToken cancellationToken) =>
        RowStore.ReadAllAsync(Query, input, cancellationToken);
}

/// <summary>A scalar at every step.</summary>
internal abstract class ScalarOperator(StepGrid grid) : IAsyncDisposable
{
    /// <summary>The steps.</summary>
    public StepGrid Grid { get; } = grid;

    /// <summary>True when the value is a number in the query, the same at every step.</summary>
    public virtual bool IsConstant => false;

    /// <summary>Writes the value of every step. Called once.</summary>
    public abstract ValueTask EvaluateAsync(Memory<double> values, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return CloseAsync();
    }

    /// <summary>Gives back what the operator holds, and closes its inputs.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;
}
