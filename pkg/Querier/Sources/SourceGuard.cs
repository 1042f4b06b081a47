using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Sources;

/// <summary>
/// Stands between queries and a source that may be slow, hang, or fail. A failure becomes a gap with the source's name and times; a call that does not
/// return in time, or when its query is given up, is abandoned, and what it holds is released when it does return. Safe for concurrent use.
/// </summary>
internal sealed class SourceGuard : IDisposable
{
    private readonly QuerySource _source;
    private readonly SourceGuardOptions _options;
    private readonly TenantSlots _slots;
    private readonly SourceMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <param name="source">The source; has <see cref="QuerySource.Guard"/>.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="logger">Takes failures.</param>
    /// <param name="time">The clock.</param>
    public SourceGuard(QuerySource source, SourceMetrics metrics, ILogger logger, TimeProvider time)
    {
        _source = source;
        _options = source.Guard!;
        _slots = new TenantSlots(_options.ConcurrencyPerTenant, _options.Concurrency);
        _metrics = metrics;
        _logger = logger;
        _time = time;
    }

    /// <summary>Opens a view of the source.</summary>
    /// <param name="tenant">Whose data.</param>
    /// <param name="range">The part of the query's range that the source covers.</param>
    /// <param name="open">Opens the source's own view.</param>
    /// <param name="cancellationToken">Given up.</param>
    public async ValueTask<IQuerier> OpenAsync(
        TenantId tenant, QueryRange range, Func<CancellationToken, ValueTask<IQuerier>> open, CancellationToken cancellationToken)
    {
        IDisposable turn = await EnterAsync(tenant, range, cancellationToken).ConfigureAwait(false);
        var calls = new GuardedCalls(this, range);
        try
        {
            return new GuardedQuerier(this, calls, range, await calls.RunAsync(open, cancellationToken).ConfigureAwait(false), turn);
        }
        catch
        {
            _ = EndTurnAsync(calls, turn); // at once, unless the call was abandoned
            throw;
        }

        static async Task EndTurnAsync(GuardedCalls calls, IDisposable turn)
        {
            await calls.Settled.ConfigureAwait(false);
            turn.Dispose();
        }
    }

    /// <summary>Calls the source away from the caller's thread, and waits no longer than the caller and the timeout allow.</summary>
    /// <param name="range">What a failure makes missing.</param>
    /// <param name="call">Calls the source.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    public GuardedCall<T> Start<T>(QueryRange range, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        new(this, range, call, cancellationToken);

    /// <summary>Waits for the answer to a call.</summary>
    /// <exception cref="MissingDataException">The source failed or took too long.</exception>
    public async Task<T> WaitAsync<T>(Task<T> task, QueryRange range, CancellationToken cancellationToken)
    {
        try
        {
            return await task.WaitAsync(_options.Timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (ReadLimitException)
        {
            throw; // the query is to blame, not the source
        }
        catch (MissingDataException e) when (_source.Storage is IPartialQueryable)
        {
            _metrics.Failed("error");
            throw new MissingDataException(e.Missing, e) { IsSetAside = e.IsSetAside }; // it can leave out less than all of itself
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw Failed(range, $"it did not answer within {Seconds(_options.Timeout)}", "timeout", e);
        }
        catch (Exception e)
        {
            throw Failed(range, e.Message, "error", e);
        }
    }

    /// <summary>Counts calls that nobody waits for any more.</summary>
    public void NoteAbandoned(int change) => _metrics.Abandoned(change);

    /// <summary>Notes that an abandoned call has ended in an error, which concerns nobody.</summary>
    public void NoteAbandonedFailure(Exception failure) => Log.AbandonedReadFailed(_logger, _source.Name, failure.Message);

    /// <summary>Waits for a release of resources, but not for ever: who ends a query is not held up by a source that hangs.</summary>
    public async ValueTask ReleaseAsync(Task release)
    {
        try
        {
            await release.WaitAsync(_options.Timeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It goes on, and the turn ends when it has come to its end.
        }
    }

    /// <summary>Notes that a source could not release what it held.</summary>
    public void NoteReleaseFailure(Exception failure) => Log.SourceReleaseFailed(_logger, _source.Name, failure);

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private async ValueTask<IDisposable> EnterAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _slots.EnterAsync(tenant, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(range, $"it was busy with other reads for {Seconds(_options.Timeout)}", "busy", e);
        }
    }

    private MissingDataException Failed(QueryRange range, string why, string reason, Exception cause)
    {
        _metrics.Failed(reason);
        Log.SourceFailed(_logger, _source.Name, range.MinTime, range.MaxTime, why);
        return new MissingDataException([new MissingData(range, _source.Name, why)], cause);
    }

    private static string Seconds(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds} s");
}
