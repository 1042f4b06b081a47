using RemoteStore.BlockStore.Damage;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Publishing;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;

namespace RemoteStore.Downsampler;

/// <summary>
/// Makes downsampled blocks in the background: tenant after tenant, a block of each at a time, so that none waits for the whole work of another. What does not
/// succeed is tried again after a wait that grows; the rest goes on.
/// </summary>
public sealed class DownsamplerService : IAsyncDisposable
{
    private readonly DownsamplerContext _context;
    private readonly Action? _published;
    private readonly WindowBlockMaker _maker; // shared by the tenants: they work one at a time
    private readonly BlockQuarantine _quarantine;
    private readonly long _startedMs;
    private readonly Dictionary<TenantId, TenantDownsampler> _tenants = [];
    private readonly SemaphoreSlim _round = new(1, 1); // one round at a time
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Prepares the service; nothing runs before <see cref="Start"/>.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="published">Called after a round that made blocks: whoever updates the bucket index may do so.</param>
    public DownsamplerService(DownsamplerContext context, Action? published)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Options.Validate();
        _context = context;
        _published = published;
        _startedMs = context.NowMs;
        var publisher = new BlockPublisher(context.Bucket, new BlockUploader(context.Bucket, context.Failpoints));
        _maker = new WindowBlockMaker(context, publisher);
        _quarantine = new BlockQuarantine(publisher, new BlockMarker(context.Bucket, context.Time))
        {
            Bucket = context.Bucket,
            Files = context.Files,
            NewBlockId = context.NewBlockId,
            WorkDirectoryOf = context.WorkDirectoryOf,
        };
    }

    /// <summary>Empties the work directory and begins.</summary>
    /// <exception cref="IOException">The work directory cannot be used.</exception>
    public void Start()
    {
        _context.Files.DeleteDirectory(_context.Options.WorkDirectory);
        _context.Files.CreateDirectory(_context.Options.WorkDirectory);
        if (_context.Options.Tiers.Count > 0)
        {
            _loop = Task.Run(() => RunAsync(_stop.Token));
        }
    }

    /// <summary>Goes round all tenants, until nothing is due that may be tried.</summary>
    /// <returns>Blocks made.</returns>
    public async Task<int> RunRoundAsync(CancellationToken cancellationToken)
    {
        await _round.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            bool sound = await ListTenantsAsync(cancellationToken).ConfigureAwait(false);
            foreach (TenantDownsampler tenant in _tenants.Values)
            {
                tenant.BeginRound();
            }

            int made = 0;
            var turns = new Queue<KeyValuePair<TenantId, TenantDownsampler>>(_tenants.OrderBy(static tenant => tenant.Key));
            while (turns.TryDequeue(out KeyValuePair<TenantId, TenantDownsampler> turn))
            {
                StepOutcome? outcome = await StepAsync(turn.Key, turn.Value, cancellationToken).ConfigureAwait(false);
                made += outcome == StepOutcome.Made ? 1 : 0;
                sound &= outcome is StepOutcome.Made or StepOutcome.Nothing;
                if (outcome is StepOutcome.Made or StepOutcome.Failed)
                {
                    turns.Enqueue(turn);
                }
            }

            if (sound)
            {
                _context.Metrics.RoundSucceeded(_context.Time.GetUtcNow());
            }

            if (made > 0)
            {
                _published?.Invoke();
            }

            return made;
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
        _maker.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                _ = await RunRoundAsync(stop).ConfigureAwait(false);
                await Task.Delay(_context.Options.Interval, _context.Time, stop).ConfigureAwait(false);
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
                    _tenants[tenant] = new TenantDownsampler(_context, tenant, _startedMs, _maker, _quarantine);
                }
            }

            return true;
        }
        catch (IOException e)
        {
            _context.Metrics.Failed();
            Log.TenantsFailed(_context.Logger, _context.Options.Interval.TotalSeconds, e.Message);
            return false;
        }
    }

    /// <returns>Null when the tenant's turn is over for this round because of an error.</returns>
    private async Task<StepOutcome?> StepAsync(TenantId tenant, TenantDownsampler downsampler, CancellationToken cancellationToken)
    {
        try
        {
            return await downsampler.StepAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            _context.Metrics.Failed();
            Log.IndexFailed(_context.Logger, tenant.Name, _context.Options.Interval.TotalSeconds, e.Message);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _context.Metrics.Failed();
            Log.TenantFailed(_context.Logger, e, tenant.Name, _context.Options.Interval.TotalSeconds);
            return null;
        }
    }
}
