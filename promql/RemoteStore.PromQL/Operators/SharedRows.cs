using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// The series of a part that stands in a query more than once: computed when the first of its <see cref="SharedOperator"/>s needs them, kept, and handed to each.
/// </summary>
/// <remarks>
/// They are kept only as far as <see cref="EngineOptions.MaxSharedBytes"/>: sharing is to save work, not to make a query that streams hold all its series. What
/// is beyond goes to the one that began; the others compute the part again for themselves. Safe for concurrent use by different operators.
/// </remarks>
/// <param name="query">The query.</param>
/// <param name="grid">The steps.</param>
internal sealed class SharedRows(QueryContext query, StepGrid grid) : IAsyncDisposable
{
    private readonly List<SampleMeter> _meters = [];
    private readonly SemaphoreSlim _filling = new(1, 1);
    private SeriesOperator? _input;
    private Func<SeriesOperator>? _again;
    private RowStore? _rows;
    private SharedOperator? _began;
    private bool _isComplete;
    private int _open;

    /// <summary>The steps.</summary>
    public StepGrid Grid { get; } = grid;

    /// <summary>The part itself.</summary>
    public SeriesOperator Input => _input!;

    /// <summary>Sets how the part is computed; called once, while planning.</summary>
    /// <param name="input">Computes it; disposed with the last operator.</param>
    /// <param name="again">Makes an operator that computes it once more and counts no samples.</param>
    public void Compute(SeriesOperator input, Func<SeriesOperator> again)
    {
        _input = input;
        _again = again;
    }

    /// <summary>Counts one more operator that shares the part; called while planning.</summary>
    /// <param name="meter">Counts what it would look at alone.</param>
    public void Join(SampleMeter meter)
    {
        _meters.Add(meter);
        _open++;
    }

    /// <summary>Counts what computing the part looks at, for all that share it.</summary>
    public SampleMeter Meter(SampleMeter ofFirst) => ofFirst.For(() => _meters.Sum(static meter => meter.Times()));

    /// <summary>Computes the series, as many as may be kept, when that has not been done.</summary>
    /// <param name="asking">Who needs them.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The series that were kept and are for <paramref name="asking"/>, and what gives it the others; null when there are none.</returns>
    public async ValueTask<(RowStore? Rows, SeriesOperator? Others)> ReadAsync(SharedOperator asking, CancellationToken cancellationToken)
    {
        await _filling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_began is null)
            {
                _began = asking;
                await FillAsync(cancellationToken).ConfigureAwait(false);
            }

            return _isComplete ? (_rows, null)
                : ReferenceEquals(_began, asking) ? (_rows, _input)
                : (null, _again!());
        }
        finally
        {
            _filling.Release();
        }
    }

    /// <summary>Called by each operator that shares the part; the last one gives back what is kept and closes the part.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Decrement(ref _open) > 0)
        {
            return ValueTask.CompletedTask;
        }

        _rows?.Dispose();
        _rows = null;
        _filling.Dispose();
        return _input?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _rows = new RowStore(query, Grid.Count);
        using var row = new StepSeries(query.Memory, Grid.Count);
        long limit = Math.Min(query.Options.MaxSharedBytes, query.Options.MaxMemoryBytes / 4);
        long bytes = 0;
        long values = 0;
        while (await _input!.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_input.TryNext(row))
            {
                query.ThrowIfCancelled();
                _rows.Add(row);
                bytes += Size(row);
                values += Grid.Count;
                if (bytes > limit || values > query.Options.MaxSamples / 4 || query.Memory.Bytes > query.Options.MaxMemoryBytes / 2)
                {
                    return;
                }
            }
        }

        _isComplete = true;
    }

    private static long Size(StepSeries row)
    {
        long bytes = row.Labels.Length + (9L * row.Steps);
        if (row.HasHistograms)
        {
            for (int step = 0; step < row.Steps; step++)
            {
                bytes += row.Histogram(step) is { } histogram ? 16 * SampleMeter.Size(histogram) : 0;
            }
        }

        return bytes;
    }
}
