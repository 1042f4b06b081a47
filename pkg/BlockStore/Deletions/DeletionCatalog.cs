using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.BlockStore.Deletions;

/// <summary>
/// The deletions of all tenants as this process knows them: read from the bucket when a tenant is first asked for, kept up to date with what is deleted here, and read
/// again now and then as long as some are open, and when the bucket index lists one that another process has made. Safe for concurrent use.
/// </summary>
/// <remarks>The bucket has a deletion before anybody is told of it, so that a crash at any line forgets none that was acknowledged.</remarks>
public sealed class DeletionCatalog : IPendingDeletions, ISeriesDeleter, IDeletionJobs
{
    private static readonly TimeSpan s_refreshEvery = TimeSpan.FromMinutes(10); // a listing; what this process changes it knows
    private static readonly TimeSpan s_retryEvery = TimeSpan.FromMinutes(1);

    private readonly DeletionJobStore _store;
    private readonly IBucketIndexView _view;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Action<TenantId> _deleted;
    private readonly Action<TenantId> _removeNow;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<TenantId, TenantDeletions> _tenants = new();

    /// <summary>Creates a catalog that knows nothing yet.</summary>
    /// <param name="store">The jobs in the bucket.</param>
    /// <param name="view">Tells which jobs the bucket has.</param>
    /// <param name="time">Clock.</param>
    /// <param name="random">Tells apart jobs of one millisecond.</param>
    /// <param name="deleted">Called when samples of a tenant are gone from all later reads, before that is acknowledged: answers that were kept are void.</param>
    /// <param name="removeNow">Called when what is deleted shall be removed physically without waiting.</param>
    /// <param name="logger">Told of jobs that cannot be read.</param>
    public DeletionCatalog(
        DeletionJobStore store,
        IBucketIndexView view,
        TimeProvider time,
        Random random,
        Action<TenantId> deleted,
        Action<TenantId> removeNow,
        ILogger<DeletionCatalog> logger)
    {
        _store = store;
        _view = view;
        _time = time;
        _random = random;
        _deleted = deleted;
        _removeNow = removeNow;
        _logger = logger;
    }

    /// <inheritdoc/>
    public ValueTask<SeriesDeletions> GetAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        TenantDeletions known = Of(tenant);
        known.Learn(_view.Peek(tenant)?.DeletionJobs ?? []);
        return known.IsFresh(_time, s_refreshEvery, s_retryEvery) ? new(known.Pending) : LoadAsync(tenant, known, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<DeletionReport> DeleteAsync(
        TenantId tenant, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, QueryRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selectors);
        ArgumentOutOfRangeException.ThrowIfZero(selectors.Count);
        _ = await GetAsync(tenant, cancellationToken).ConfigureAwait(false);
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        QueryRange clipped = range with { MaxTime = Math.Min(range.MaxTime, nowMs) };
        var job = new DeletionJob
        {
            Id = NewId(),
            Tenant = tenant,
            Selectors = selectors,
            Range = clipped,
            CreatedAtMs = nowMs,
            State = clipped.IsEmpty ? DeletionState.Done : DeletionState.Pending,
            FinishedAtMs = clipped.IsEmpty ? nowMs : 0,
        };
        await SaveAsync(job, cancellationToken).ConfigureAwait(false);
        _deleted(tenant);
        return job.ToReport();
    }

    /// <summary>Writes how far a job is, and from then on leaves its samples in reads if it is done.</summary>
    /// <exception cref="StorageUnavailableException">It could not be stored; the job is as far as before.</exception>
    public async ValueTask SaveAsync(DeletionJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        TenantDeletions known = Of(job.Tenant);
        await known.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _store.SaveAsync(job, cancellationToken).ConfigureAwait(false);
            known.Put(job);
        }
        catch (BucketException e)
        {
            known.Doubt();
            throw new StorageUnavailableException($"write deletion {job.Id} of tenant {job.Tenant}: {e.Message}", e);
        }
        finally
        {
            _ = known.Gate.Release();
        }
    }

    /// <summary>Jobs of a tenant that are not over, oldest first.</summary>
    /// <exception cref="StorageUnavailableException">They cannot be known now.</exception>
    public async ValueTask<IReadOnlyList<DeletionJob>> ListOpenAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        _ = await GetAsync(tenant, cancellationToken).ConfigureAwait(false);
        return Of(tenant).Open;
    }

    /// <inheritdoc/>
    public async ValueTask RemoveNowAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        _ = await GetAsync(tenant, cancellationToken).ConfigureAwait(false);
        _removeNow(tenant);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DeletionReport>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        TenantDeletions known = Of(tenant);
        _ = await LoadAsync(tenant, known, cancellationToken).ConfigureAwait(false);
        return [.. known.All.Select(static job => job.ToReport())];
    }

    private TenantDeletions Of(TenantId tenant) => _tenants.GetOrAdd(tenant, static _ => new TenantDeletions());

    private string NewId()
    {
        lock (_random)
        {
            return BlockId.New(_time, _random).ToString();
        }
    }

    private async ValueTask<SeriesDeletions> LoadAsync(TenantId tenant, TenantDeletions known, CancellationToken cancellationToken)
    {
        bool isNew = false;
        await known.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            known.BeginReading();
            var kept = new List<DeletionJob>();
            IReadOnlyList<DeletionJob> listed = await _store.ListAsync(tenant, damage => Keep(tenant, known, damage, kept), cancellationToken).ConfigureAwait(false);
            isNew = known.Replace(listed.Concat(kept), _time.GetTimestamp());
            await RestoreAsync(kept, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            if (!known.IsLoaded)
            {
                throw new StorageUnavailableException($"read what is deleted of tenant {tenant}: {e.Message}", e);
            }

            known.Postpone(_time.GetTimestamp()); // what was known holds on
        }
        finally
        {
            _ = known.Gate.Release();
        }

        if (isNew)
        {
            _deleted(tenant);
        }

        return known.Pending;
    }

    /// <summary>A job that cannot be read holds on as it was known.</summary>
    private void Keep(TenantId tenant, TenantDeletions known, CorruptDataException damage, List<DeletionJob> kept)
    {
        if (known.All.FirstOrDefault(job => BucketLayout.DeletionJob(tenant, job.Id) == damage.File) is { } job)
        {
            kept.Add(job);
        }
        else
        {
            Log.JobUnreadable(_logger, tenant.Name, damage.Message);
        }
    }

    /// <summary>Writes anew what is damaged in the bucket and known here, so that a restart does not forget it.</summary>
    private async ValueTask RestoreAsync(List<DeletionJob> jobs, CancellationToken cancellationToken)
    {
        foreach (DeletionJob job in jobs)
        {
            try
            {
                await _store.SaveAsync(job, cancellationToken).ConfigureAwait(false);
                Log.JobRestored(_logger, job.Id, job.Tenant.Name);
            }
            catch (BucketException e)
            {
                Log.JobNotRestored(_logger, job.Id, job.Tenant.Name, e.Message); // the next reading tries again
            }
        }
    }
}
