using System.Collections.Concurrent;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Limits;
using RemoteStore.Model;

namespace RemoteStore.Compactor;

/// <summary>
/// Keeps the bucket in order. One task lists the tenants and writes their bucket indexes, at its own pace, so that readers learn of new blocks however long the
/// work on old ones takes. Another does that work, tenant after tenant, a step of each at a time, so that none waits for the whole of another. A tenant whose work
/// does not succeed is tried again after a wait that grows; the others go on.
/// </summary>
public sealed class CompactorService : IAsyncDisposable
{
    private const int MaxStepsOfRound = 500; // a tenant with more to do goes on in the next round; each step is paid for

    private readonly CompactorContext _context;
    private readonly ITenantLimitsProvider _limits;
    private readonly ConcurrentDictionary<TenantId, TenantTurn> _tenants = new();
    private readonly SemaphoreSlim _listing = new(1, 1); // one at a time
    private readonly SemaphoreSlim _round = new(1, 1); // one at a time
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _areTenantsListed;
    private Task _lists = Task.CompletedTask;
    private Task _work = Task.CompletedTask;

    /// <summary>Prepares the service; nothing runs before <see cref="Start"/>.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="limits">How long each tenant's samples are kept.</param>
    public CompactorService(CompactorContext context, ITenantLimitsProvider limits)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(limits);
        context.Options.Validate();
        _context = context;
        _limits = limits;
    }

    /// <summary>Empties the work directory and begins.</summary>
    /// <exception cref="IOException">The work directory cannot be used.</exception>
    public void Start()
    {
        _context.Files.DeleteDirectory(_context.Options.WorkDirectory);
        _context.Files.CreateDirectory(_context.Options.WorkDirectory);
        _lists = Task.Run(() => RunListingsAsync(_stop.Token));
        _work = Task.Run(() => RunRoundsAsync(_stop.Token));
    }

    /// <summary>Asks for work soon.</summary>
    public void Wake()
    {
        try
        {
            _ = _wanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <summary>Has a block read whole soon that was found damaged, and set aside if it is, so that what can be read of it is read again. Safe for concurrent use.</summary>
    public void Examine(TenantId tenant, BlockId block)
    {
        if (_tenants.TryGetValue(tenant, out TenantTurn? turn))
        {
            turn.Compactor.Examine(block);
            Wake();
        }
    }

    /// <summary>Lists all tenants and writes their bucket indexes. One that fails does not hold up the others.</summary>
    /// <returns>False when something could not be listed or written.</returns>
    public Task<bool> UpdateIndexesAsync(CancellationToken cancellationToken) => UpdateIndexesAsync(failedOnly: false, cancellationToken);

    /// <summary>Lists all tenants, then goes round them once, until none has more to do.</summary>
    /// <returns>How long to wait before the next round.</returns>
    public async Task<TimeSpan> RunRoundAsync(CancellationToken cancellationToken)
    {
        _ = await UpdateIndexesAsync(cancellationToken).ConfigureAwait(false);
        return await WorkAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_lists, _work).ConfigureAwait(false);
        _stop.Dispose();
        _listing.Dispose();
        _round.Dispose();
        _wanted.Dispose();
    }

    private async Task RunListingsAsync(CancellationToken stop)
    {
        using var next = new PeriodicTimer(_context.Options.Interval, _context.Time); // at fixed times, so that what a listing takes does not add up
        try
        {
            do
            {
                long began = _context.Time.GetTimestamp();
                bool all = await UpdateIndexesAsync(failedOnly: false, stop).ConfigureAwait(false);
                Wake();
                for (TimeSpan retry = _context.Options.RetryDelay; !all && _context.Time.GetElapsedTime(began) + retry < _context.Options.Interval; retry *= 2)
                {
                    await Task.Delay(retry, _context.Time, stop).ConfigureAwait(false);
                    all = await UpdateIndexesAsync(failedOnly: true, stop).ConfigureAwait(false);
                    Wake();
                }
            }
            while (await next.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The owner stops it.
        }
    }

    private async Task RunRoundsAsync(CancellationToken stop)
    {
        try
        {
            await _wanted.WaitAsync(stop).ConfigureAwait(false);
            while (true)
            {
                TimeSpan wait = await WorkAsync(stop).ConfigureAwait(false);
                using var woken = CancellationTokenSource.CreateLinkedTokenSource(stop);
                await Task.WhenAny(Task.Delay(wait, _context.Time, woken.Token), _wanted.WaitAsync(woken.Token)).ConfigureAwait(false);
                await woken.CancelAsync().ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The owner stops it.
        }
    }

    private async Task<bool> UpdateIndexesAsync(bool failedOnly, CancellationToken cancellationToken)
    {
        await _listing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _areTenantsListed = (failedOnly && _areTenantsListed) || await ListTenantsAsync(cancellationToken).ConfigureAwait(false);
            bool all = _areTenantsListed;
            foreach (TenantTurn turn in _tenants.Values.Where(turn => turn.IsUnlisted || !failedOnly).OrderBy(static turn => turn.Tenant))
            {
                turn.IsUnlisted = !await TryUpdateIndexAsync(turn, cancellationToken).ConfigureAwait(false);
                all &= !turn.IsUnlisted;
            }

            return all;
        }
        finally
        {
            _ = _listing.Release();
        }
    }

    private async Task<bool> ListTenantsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (string folder in _context.Bucket.ListFoldersAsync("", cancellationToken).ConfigureAwait(false))
            {
                if (BucketLayout.TryParseTenant(folder, out TenantId tenant) && !_tenants.ContainsKey(tenant))
                {
                    _tenants[tenant] = new TenantTurn(tenant, new TenantCompactor(_context, tenant, () => _limits.For(tenant).Retention));
                }
            }

            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _context.Metrics.Failed();
            Log.TenantsFailed(_context.Logger, e, _context.Options.RetryDelay.TotalSeconds);
            return false;
        }
    }

    private async Task<bool> TryUpdateIndexAsync(TenantTurn turn, CancellationToken cancellationToken)
    {
        try
        {
            long began = turn.BeginListing();
            turn.Listed(await _context.UpdateIndex(turn.Tenant, cancellationToken).ConfigureAwait(false), began);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _context.Metrics.Failed();
            Log.IndexFailed(_context.Logger, e, turn.Tenant.Name);
            return false;
        }
    }

    /// <summary>Goes round all tenants once, until none has more to do.</summary>
    /// <returns>How long to wait before the next round, if nothing asks for one sooner.</returns>
    private async Task<TimeSpan> WorkAsync(CancellationToken cancellationToken)
    {
        await _round.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await GoRoundAsync(cancellationToken).ConfigureAwait(false);
            return Tell();
        }
        finally
        {
            _ = _round.Release();
        }
    }

    private async Task GoRoundAsync(CancellationToken cancellationToken)
    {
        var turns = new Queue<TenantTurn>(
            _tenants.Values.Where(turn => turn.IsDue(_context.NowMs, _context.Options)).OrderBy(static turn => turn.Tenant));
        foreach (TenantTurn turn in turns)
        {
            turn.BeginRound();
        }

        while (turns.TryDequeue(out TenantTurn? turn))
        {
            try
            {
                if (await turn.StepAsync(cancellationToken).ConfigureAwait(false) && turn.Steps < MaxStepsOfRound)
                {
                    turns.Enqueue(turn);
                }
                else
                {
                    turn.Succeeded();
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                TimeSpan wait = turn.Failed(e, _context.NowMs, _context.Options);
                _context.Metrics.Failed();
                Log.TenantFailed(_context.Logger, e, turn.Tenant.Name, wait.TotalSeconds);
            }
        }
    }

    private TimeSpan Tell()
    {
        TenantTurn[] known = [.. _tenants.Values.Where(static turn => turn.Compactor.Index is not null)];
        _context.Metrics.RoundEnded(
            known.Sum(static turn => (long)turn.Compactor.Index!.Readable.Count), known.Sum(static turn => (long)turn.Compactor.Index!.BrokenMarks.Count));
        long[] retries = [.. _tenants.Values.Where(static turn => turn.LastError.Length > 0).Select(static turn => turn.NotBeforeMs)];
        if (retries.Length > 0)
        {
            return TimeSpan.FromMilliseconds(Math.Clamp(retries.Min() - _context.NowMs, 1, _context.Options.Interval.TotalMilliseconds));
        }

        if (!_areTenantsListed)
        {
            return _context.Options.RetryDelay;
        }

        _context.Metrics.RoundSucceeded(_context.Time.GetUtcNow());
        return _context.Options.Interval;
    }
}
