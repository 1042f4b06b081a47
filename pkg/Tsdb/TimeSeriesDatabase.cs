using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage;
using RemoteStore.Storage.Administration;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Cutting;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.LocalBlocks;
using RemoteStore.Tsdb.Querying;
using RemoteStore.Tsdb.Recovery;
using RemoteStore.Tsdb.Wal;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Tsdb;

/// <summary>
/// The store of recent data: takes writes, keeps them durable and small, and answers queries about them. One instance owns one data directory; the host
/// holds the directory's lock.
/// </summary>
public sealed class TimeSeriesDatabase
    : IAppender, IQueryable, IWriteVersions, IExemplarQueryable, IMetadataQueryable, IStoreAdmin, IStoreStatistics, IStoreReadiness, IDurabilityStatus, IAsyncDisposable
{
    private readonly TsdbOptions _options;
    private readonly IFileSystem _files;
    private readonly Failpoints _failpoints;
    private readonly TimeProvider _time;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ReplayProgress _progress = new();
    private readonly InFlight _writes = new();
    private readonly BlockHandover _handover;
    private StoreState? _state;
    private volatile StorePhase _phase = StorePhase.Starting;
    private volatile bool _replayDone;

    /// <summary>Creates a store that is not started yet.</summary>
    public TimeSeriesDatabase(
        TsdbOptions options, IFileSystem files, Failpoints failpoints, TsdbMetrics metrics, ILogger<TimeSeriesDatabase> logger, TimeProvider time)
    {
        _options = options;
        _files = files;
        _failpoints = failpoints;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        _handover = new BlockHandover(() => _phase == StorePhase.Ready ? _state : null);
    }

    /// <inheritdoc/>
    public StorePhase Phase => _phase;

    /// <summary>The store's blocks, for who hands them on to a bucket.</summary>
    public ILocalBlocks LocalBlocks => _handover;

    /// <summary>The parts of a started store, for tests and benchmarks that look at one of them.</summary>
    internal StoreState? State => _state;

    /// <summary>Loads the data directory and replays the log; serves when the task completes.</summary>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var loader = new StoreLoader(_options, _files, _failpoints, _time, _metrics, _logger, _progress);
        StoreState state = await Task.Run(() => loader.LoadAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        _replayDone = true;
        _state = state;
        state.Blocks.BlockAdded = _handover.Tell;
        state.Maintenance.Start();
        _phase = StorePhase.Ready;
        if (state.Budget.Rows > 0)
        {
            state.Budget.Wake(); // replayed rows keep old log generations alive
        }
    }

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(TenantId tenant, WriteBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using InFlight.Entry entry = _writes.Enter(); // before the phase is looked at, so that shutdown waits for this write or this write sees shutdown
        StoreState state = Serving();
        await WaitForMemoryAsync(state, cancellationToken).ConfigureAwait(false);
        var result = new AppendResult { Durability = _options.Durability };
        TenantHead head = FindOrCreate(state, tenant);
        AgeRules ages = AgeRules.At(_time.GetUtcNow(), _options, tenant);
        var cursor = new AppendCursor();
        try
        {
            do
            {
                await WaitForLogRoomAsync(state).ConfigureAwait(false);
                WalPosition position = AppendChunk(state, head, batch, ref cursor, ages, result);
                await state.Log.Current.WaitDurableAsync(position).ConfigureAwait(false);
            }
            while (!cursor.IsDone);
        }
        catch (WalFailedException e)
        {
            state.Log.Fail(e.Message);
            throw LogUnavailable(state, e);
        }

        return result;
    }

    /// <summary>As the interface says; what is opened is an <see cref="ILocalView"/>.</summary>
    public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken)
    {
        StoreState state = Serving();
        long floor = AgeRules.At(_time.GetUtcNow(), _options, tenant).FloorMs;
        return new(StoreQuerier.Open(state, tenant, range with { MinTime = Math.Max(range.MinTime, floor) }));
    }

    /// <inheritdoc/>
    public WriteVersion Watch(TenantId tenant, long beforeMs)
    {
        StoreState state = Serving();
        long floor = AgeRules.At(_time.GetUtcNow(), _options, tenant).FloorMs;
        if (state.Heads.Find(tenant) is not { } head)
        {
            return new WriteVersion(0, 0, floor);
        }

        LateWrites late = head.LateWrites;
        if (late.BeforeMs < beforeMs)
        {
            lock (head.Lock)
            {
                late.Watch(beforeMs);
            }
        }

        return new WriteVersion(late.Changes, late.Writes, floor);
    }

    /// <inheritdoc/>
    public bool IsUnchanged(TenantId tenant, WriteVersion since, QueryRange range) =>
        since.IsWatched && (Serving().Heads.Find(tenant) is { } head ? head.LateWrites.IsUnchanged(since.Changes, range) : since.Changes == 0);

    /// <summary>Voids every answer that was kept of a tenant: samples were deleted, which no write tells of.</summary>
    /// <exception cref="StorageUnavailableException">The store is starting or stopping.</exception>
    public void NoteDeletion(TenantId tenant) => FindOrCreate(Serving(), tenant).NoteDeletion();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SeriesExemplars>> SelectExemplarsAsync(
        TenantId tenant, QueryRange range, IReadOnlyList<IReadOnlyList<LabelMatcher>> matcherSets, CancellationToken cancellationToken)
    {
        TenantHead? head = Serving().Heads.Find(tenant);
        return new(head is null ? [] : SideDataReader.Exemplars(head, range, matcherSets, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MetricFamilyMetadata>> SelectMetadataAsync(
        TenantId tenant, string? metric, int limit, int limitPerMetric, CancellationToken cancellationToken)
    {
        TenantHead? head = Serving().Heads.Find(tenant);
        return new(head is null ? [] : SideDataReader.Metadata(head, metric, limit, limitPerMetric));
    }

    /// <inheritdoc/>
    public async ValueTask<FlushReport> FlushAsync(bool merge, CancellationToken cancellationToken)
    {
        StoreState state = Serving();
        try
        {
            await state.Maintenance.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (merge)
            {
                await state.Maintenance.MergeAllAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException and not StorageUnavailableException)
        {
            throw new StorageUnavailableException($"memory could not be flushed to a part: {e.Message}", e);
        }

        return state.Disk.Refresh(always: true);
    }

    /// <inheritdoc/>
    public async ValueTask<FlushReport> CutAsync(bool allEnded, CancellationToken cancellationToken)
    {
        StoreState state = Serving();
        try
        {
            await state.Maintenance.FlushAsync(cancellationToken).ConfigureAwait(false);
            await state.Maintenance.CutAsync(allEnded ? CutScope.Ended : CutScope.Over, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException and not StorageUnavailableException)
        {
            throw new StorageUnavailableException($"blocks could not be cut: {e.Message}", e);
        }

        return state.Disk.Refresh(always: true);
    }

    /// <inheritdoc/>
    public SeriesStatistics GetSeriesStatistics(TenantId tenant, int limit, CancellationToken cancellationToken)
    {
        StoreState state = Serving();
        return state.Heads.Find(tenant) is { } head ? StoreCounting.OfSeries(state, head, limit, cancellationToken) : SeriesStatistics.Empty;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredBlock> GetBlocks(TenantId tenant) => StoreCounting.OfBlocks(Serving().Blocks.Of(tenant));

    /// <inheritdoc/>
    public DurabilityReport GetDurability()
    {
        StoreState? state = _state;
        WalState walState = _phase switch
        {
            StorePhase.Starting => WalState.Replaying,
            StorePhase.Stopping => WalState.Stopped,
            _ => state!.Log.HasFailed ? WalState.Failed : WalState.Healthy,
        };
        string generation = state is null ? string.Empty : state.Log.Current.Tail.Generation.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        return new(
            _options.Durability, walState, generation, state?.LostWindows ?? [], state?.Quarantined.Entries ?? [], state?.Log.LastFailure);
    }

    /// <inheritdoc/>
    public WalReplayProgress GetWalReplay()
    {
        long segments = (_progress.TotalBytes + _options.WalSegmentBytes - 1) / _options.WalSegmentBytes;
        long current = _progress.DoneBytes / _options.WalSegmentBytes;
        WalReplayState phase = _replayDone ? WalReplayState.Done : _progress.TotalBytes > 0 ? WalReplayState.InProgress : WalReplayState.Waiting;
        return new(0, segments, _replayDone ? segments : current, phase);
    }

    /// <summary>Lets writes in flight end, flushes memory, saves registries and closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_phase == StorePhase.Stopping)
        {
            return;
        }

        _phase = StorePhase.Stopping;
        StoreState? state = _state;
        if (state is null)
        {
            return;
        }

        await _writes.DrainAsync().ConfigureAwait(false);
        await state.Maintenance.StopAsync().ConfigureAwait(false);
        bool saved = false;
        try
        {
            await state.Maintenance.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await state.Registries.SaveAllAsync().ConfigureAwait(false);
            saved = true;
        }
        catch (IOException e)
        {
            Log.ShutdownFlushFailed(_logger, e);
        }

        await state.Log.DisposeAsync().ConfigureAwait(false);
        if (saved)
        {
            EndCleanly(state);
        }

        state.Maintenance.Dispose();
        state.Budget.Dispose();
        state.Catalog.Dispose();
        await state.Blocks.DisposeAsync().ConfigureAwait(false);
        state.Heads.Dispose();
    }

    /// <summary>Every row is in a part: the log has nothing to replay. The mark says that states of series are complete; what was lost in a crash stays so.</summary>
    private void EndCleanly(StoreState state)
    {
        try
        {
            state.Log.Current.DeleteGenerationsBefore(uint.MaxValue);
            if (state.Heads.All.All(static head => head.StatesAreComplete))
            {
                CleanStop.Mark(_options, _files);
            }
        }
        catch (IOException e)
        {
            Log.ShutdownFlushFailed(_logger, e);
        }
    }

    private StoreState Serving() => _phase switch
    {
        StorePhase.Ready => _state!,
        StorePhase.Starting => throw new StorageUnavailableException("the store is starting: it loads its series and replays the log"),
        _ => throw new StorageUnavailableException("the store is stopping"),
    };

    private async ValueTask WaitForMemoryAsync(StoreState state, CancellationToken cancellationToken)
    {
        Task room = state.Budget.WaitForRoomAsync();
        if (room.IsCompleted)
        {
            return;
        }

        state.Budget.Wake();
        try
        {
            await room.WaitAsync(_options.MemoryWait, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            string why = state.Log.LastFlushFailure is { } failure ? $"; the last flush failed: {failure}" : string.Empty;
            throw new StorageUnavailableException(
                $"{state.Budget.Rows} rows wait in memory, the limit is {_options.MaxRows} (three times storage.flush-rows){why}");
        }
    }

    /// <summary>The log's memory takes a few chunks; a flush under way makes room.</summary>
    private static async ValueTask WaitForLogRoomAsync(StoreState state)
    {
        while (!state.Log.HasFailed && state.Log.Current.PendingBytes > 4 * RowLogger.ChunkBytes)
        {
            await state.Log.Current.FlushAsync().ConfigureAwait(false);
        }
    }

    private static WalPosition AppendChunk(StoreState state, TenantHead head, WriteBatch batch, ref AppendCursor cursor, AgeRules ages, AppendResult result)
    {
        long rows;
        bool logged;
        WalPosition position;
        lock (head.Lock)
        {
            if (state.Log.HasFailed)
            {
                throw LogUnavailable(state);
            }

            rows = head.Active.NextRow;
            try
            {
                logged = head.Appender.Append(batch, ref cursor, ages, result, out position);
            }
            finally
            {
                head.LateWrites.Publish(); // what is in memory is seen, whatever becomes of the request
            }

            rows = head.Active.NextRow - rows;
            if (!logged)
            {
                state.Log.Fail("the log took no entry: its memory is full or a commit failed");
            }
        }

        state.Budget.Add(rows);
        head.RowsAppended.Inc(rows);
        return logged ? position : throw LogUnavailable(state);
    }

    private static TenantHead FindOrCreate(StoreState state, TenantId tenant)
    {
        try
        {
            return state.Heads.GetOrCreate(tenant);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"make the folder of tenant {tenant}: {e.Message}", e);
        }
    }

    private static StorageUnavailableException LogUnavailable(StoreState state, Exception? cause = null) =>
        new($"the write-ahead log failed and is being replaced: {cause?.Message ?? state.Log.LastFailure?.What ?? "a commit failed"}", cause);
}
