using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators.Sharing;

/// <summary>
/// A part that stands in a query more than once: computed when the first of its users needs it, kept, and handed to each.
/// </summary>
/// <remarks>
/// It is kept only as far as <see cref="EngineOptions.MaxSharedBytes"/>: sharing is to save work, not to make a query that streams hold all its series. What
/// is beyond goes to the user that began; the others compute the part again for themselves. Safe for concurrent use by different users.
/// </remarks>
/// <typeparam name="TInput">What computes it.</typeparam>
/// <param name="query">The query.</param>
/// <param name="grid">The steps.</param>
internal abstract class SharedPart<TInput>(QueryContext query, StepGrid grid) : IAsyncDisposable
    where TInput : class, IAsyncDisposable
{
    private readonly List<SampleMeter> _meters = [];
    private readonly SemaphoreSlim _keeping = new(1, 1);
    private TInput? _input;
    private Func<TInput>? _again;
    private object? _began;
    private bool _isComplete;
    private long _keptBytes;
    private long _keptSamples;
    private int _open;

    /// <summary>The steps.</summary>
    public StepGrid Grid { get; } = grid;

    /// <summary>The part itself.</summary>
    public TInput Input => _input!;

    /// <summary>The query.</summary>
    protected QueryContext Query { get; } = query;

    /// <summary>Sets how the part is computed; called once, while planning.</summary>
    /// <param name="input">Computes it; disposed with the last user.</param>
    /// <param name="again">Makes something that computes it once more and counts no samples.</param>
    public void Compute(TInput input, Func<TInput> again)
    {
        _input = input;
        _again = again;
    }

    /// <summary>Counts one more user; called while planning.</summary>
    /// <param name="meter">Counts what it would look at alone.</param>
    public void Join(SampleMeter meter)
    {
        _meters.Add(meter);
        _open++;
    }

    /// <summary>Counts what computing the part looks at, for all its users.</summary>
    public SampleMeter Meter(SampleMeter ofFirst) => ofFirst.For(() => _meters.Sum(static meter => meter.Times()));

    /// <summary>Computes and keeps what may be kept, when that has not been done.</summary>
    /// <param name="asking">Who needs it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Whether what is kept is for <paramref name="asking"/>, and what gives it the rest; null when there is none.</returns>
    public async ValueTask<(bool IsKept, TInput? Others)> ReadAsync(object asking, CancellationToken cancellationToken)
    {
        await _keeping.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_began is null)
            {
                _began = asking;
                _isComplete = await KeepAsync(cancellationToken).ConfigureAwait(false);
            }

            return _isComplete ? (true, null)
                : ReferenceEquals(_began, asking) ? (true, _input)
                : (false, _again!());
        }
        finally
        {
            _keeping.Release();
        }
    }

    /// <summary>Called by each user when it needs nothing any more; the last one gives back what is kept and closes the part.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Decrement(ref _open) > 0)
        {
            return ValueTask.CompletedTask;
        }

        GiveBack();
        _keeping.Dispose();
        return _input?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>Keeps series of the input while there <see cref="HasRoom"/>.</summary>
    /// <returns>True when all are kept.</returns>
    protected abstract ValueTask<bool> KeepAsync(CancellationToken cancellationToken);

    /// <summary>Gives back what is kept.</summary>
    protected abstract void GiveBack();

    /// <summary>Counts a series that is kept; false when no more may be.</summary>
    /// <param name="bytes">Bytes that it takes, nearly.</param>
    /// <param name="samples">Samples that it has.</param>
    protected bool HasRoom(long bytes, long samples)
    {
        _keptBytes += bytes;
        _keptSamples += samples;
        EngineOptions options = Query.Options;
        return _keptBytes <= Math.Min(options.MaxSharedBytes, options.MaxMemoryBytes / 4) && _keptSamples <= options.MaxSamples / 4
            && Query.Memory.Bytes <= options.MaxMemoryBytes / 2;
    }
}
