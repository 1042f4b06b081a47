using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.S3;
using RemoteStore.Primitives.Threading;
using RemoteStore.Server.Hosting;

namespace RemoteStore.Server.Roles.Buckets;

/// <summary>
/// Looks after a bucket of S3: tries it at start, in the background until it has answered once, and removes once a day what writes that were broken off have left,
/// which is paid for and shows in no listing.
/// </summary>
internal sealed class S3Upkeep : IAsyncDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_longestSweep = TimeSpan.FromMinutes(10);

    private readonly S3Bucket _bucket;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly BackgroundLoop _loop;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _hasAnswered;
    private string? _told; // what is wrong, as it was logged last

    /// <summary>Prepares the work.</summary>
    public S3Upkeep(S3Bucket bucket, RoleContext context)
    {
        _bucket = bucket;
        _logger = context.Loggers.CreateLogger<BucketStorage>();
        _time = context.Time;
        _timeout = context.Options.ObjectStore.Retry.AttemptTimeout;
        TimeSpan retryDelay = context.Options.Blocks.UploadRetryDelay;
        _loop = new BackgroundLoop(
            RunAsync, s_period, e => Log.WorkFailed(_logger, e, "looking after the object store", retryDelay.TotalSeconds), retryDelay, context.Time);
    }

    /// <summary>Tries the bucket, and goes on in the background.</summary>
    /// <exception cref="StartupException">It refuses us, or does not exist.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ProbeAsync(cancellationToken);
            _hasAnswered = true;
        }
        catch (BucketException e) when (!e.IsTransient)
        {
            throw new StartupException($"{_bucket.Description} cannot be used: {e.Message}; see the options storage.object-store.s3", e);
        }
        catch (BucketException e)
        {
            _told = e.Message;
            Log.ObjectStoreDown(_logger, _bucket.Description, e.Message);
        }

        _running = Task.Run(() => _loop.RunAsync(_stop.Token), CancellationToken.None);
        _loop.Wake();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _loop.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (!_hasAnswered)
        {
            await TryAsync(stop);
        }

        try
        {
            int removed = await WithinAsync(
                s_longestSweep, "list", token => _bucket.RemoveUnfinishedWritesAsync(_time.GetUtcNow() - s_period, token), stop);
            if (removed > 0)
            {
                Log.UnfinishedWritesRemoved(_logger, removed, _bucket.Description);
            }
        }
        catch (BucketException e)
        {
            Log.UnfinishedWritesStay(_logger, _bucket.Description, e.Message); // it costs a little; tomorrow is another day
        }
    }

    private async Task TryAsync(CancellationToken stop)
    {
        try
        {
            await ProbeAsync(stop);
            _hasAnswered = true;
            Log.ObjectStoreAnswers(_logger, _bucket.Description, _bucket.IsCreateAtomic ? "honoured" : "not honoured");
        }
        catch (BucketException e)
        {
            if (!e.IsTransient && e.Message != _told)
            {
                Log.ObjectStoreRefuses(_logger, _bucket.Description, e.Message);
            }

            _told = e.Message;
            await BackgroundLoop.DelayAsync(_timeout, _time, stop);
            stop.ThrowIfCancellationRequested();
        }
    }

    private async Task ProbeAsync(CancellationToken cancellationToken) => _ = await WithinAsync(
        _timeout,
        "write",
        async token =>
        {
            await _bucket.ProbeAsync(token);
            return true;
        },
        cancellationToken);

    /// <summary>Does something within a time; what takes longer is a fault that may pass.</summary>
    private async Task<T> WithinAsync<T>(TimeSpan limit, string operation, Func<CancellationToken, ValueTask<T>> action, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await action(either.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BucketException(operation, _bucket.Description, "no answer in time", isTransient: true, e);
        }
    }
}
