using RemoteStore.BlockStore.Layout;
using RemoteStore.Limits;
using RemoteStore.Model;

namespace RemoteStore.Compactor;

/// <summary>
/// Keeps the bucket in order, tenant after tenant, a step of each at a time, so that none waits for the whole work of another. A tenant whose work does not
/// succeed is tried again after a wait that grows; the others go on.
/// </summary>
public sealed class CompactorService : IAsyncDisposable
{
    private const int MaxStepsOfRound = 500; // a tenant with more to do goes on in the next round; each step is paid for

    private readonly CompactorContext _context;
    private readonly ITenantLimitsProvider _limits;
    private readonly Dictionary<TenantId, TenantTurn> _tenants = [];
    private readonly SemaphoreSlim _round = new(1, 1); // one round at a time
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

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
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Asks for a round soon.</summary>
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

    /// <summary>Goes round all tenants once, until none has more to do.</summary>
    /// <returns>How long to wait before the next round.</returns>
    public async Task<TimeSpan> RunRoundAsync(CancellationToken cancellationToken)
    {
        await _round.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!await ListTenantsAsync(cancellationToken).ConfigureAwait(false))
            {
                return _context.Options.RetryDelay;
            }

            await GoRoundAsync(cancellationToken).ConfigureAwait(false);
            return Tell();
        }
        finally
        {
            _ = _round.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
        _round.Dispose();
        _wanted.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                TimeSpan wait = await RunRoundAsync(stop).ConfigureAwait(false);
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

    private async Task<bool> ListTenantsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (string folder in _context.Bucket.ListFoldersAsync("", cancellationToken).ConfigureAwait(false))
            {
                if (BucketLayout.TryParseTenant(folder, out TenantId tenant) && !_tenants.ContainsKey(tenant))
                {
                    _tenants[tenant] = new TenantTurn(
                        tenant, new TenantCompactor(_context, tenant, () => _limits.For(tenant).Retention));
                }
            }

            return true;
        }
        catch (IOException e)
        {
            _context.Metrics.Failed();
            Log.TenantsFailed(_context.Logger, e, _context.Options.RetryDelay.TotalSeconds);
            return false;
        }
    }

    private async Task GoRoundAsync(CancellationToken cancellationToken)
    {
        var turns = new Queue<TenantTurn>(_tenants.Values.Where(turn => turn.NotBeforeMs <= _context.NowMs).OrderBy(static turn => turn.Tenant));
        foreach (TenantTurn turn in turns)
        {
            turn.BeginRound();
        }

        while (turns.TryDequeue(out TenantTurn? turn))
        {
            try
            {
                if (await turn.Compactor.StepAsync(cancellationToken).ConfigureAwait(false) && ++turn.Steps < MaxStepsOfRound)
                {
                    turns.Enqueue(turn);
                }
                else
                {
                    turn.Succeeded(_context.NowMs);
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
        if (_tenants.Values.All(static turn => turn.LastError.Length == 0))
        {
            _context.Metrics.RoundSucceeded(_context.Time.GetUtcNow());
            return _context.Options.Interval;
        }

        long next = _tenants.Values.Where(static turn => turn.LastError.Length > 0).Min(static turn => turn.NotBeforeMs);
        return TimeSpan.FromMilliseconds(Math.Clamp(next - _context.NowMs, 1, _context.Options.Interval.TotalMilliseconds));
    }
}
