using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Administration;
using RemoteStore.Tsdb.Cutting;
using RemoteStore.Tsdb.Eviction;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.LocalBlocks;
using RemoteStore.Tsdb.Maintaining;
using RemoteStore.Tsdb.Memtables;
using RemoteStore.Tsdb.Merging;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Recovery;

/// <summary>
/// Brings a data directory back into memory: parts by the manifest, series by snapshot and series log, rows by the write-ahead log; then opens a new log
/// generation. Old generations stay until a flush has put their rows into parts. Nothing that was read is changed, so a start that is cut off can be repeated.
/// </summary>
internal sealed class StoreLoader
{
    private readonly TsdbOptions _options;
    private readonly IFileSystem _files;
    private readonly Failpoints _failpoints;
    private readonly TimeProvider _time;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ReplayProgress _progress;

    public StoreLoader(
        TsdbOptions options, IFileSystem files, Failpoints failpoints, TimeProvider time, TsdbMetrics metrics, ILogger logger, ReplayProgress progress)
    {
        _options = options;
        _files = files;
        _failpoints = failpoints;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _progress = progress;
    }

    /// <summary>Loads everything.</summary>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public async Task<StoreState> LoadAsync(CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        MakeDirectories();
        var quarantined = new QuarantineLog(LossLog.Open(_options.QuarantineDirectory, _files), _time);
        BlockCatalog blocks = await BlockCatalog.OpenAsync(_options, quarantined, _files, _time, _logger, _metrics, cancellationToken).ConfigureAwait(false);
        PartCatalog catalog = PartCatalog.Open(_options, blocks.HighestSource, quarantined, _files, _failpoints, _time, _logger, _metrics);
        PendingDrops.CompleteAtStart(catalog, blocks);
        var pool = new RowChunkPool((2 * _options.FlushRows / RowChunk.FullSize) + 1);
        var factory = new HeadFactory(_options, _files, pool, CleanStop.TakeMark(_options, _files), _metrics, _logger);
        var heads = new HeadSet(factory.Open);
        LoadTenants(heads, cancellationToken);
        _metrics.WatchSeries(heads);

        var budget = new RowBudget(_options.FlushRows, _options.MaxRows);
        var flusher = new Flusher(heads, catalog, _options, _files, _failpoints, _time, _metrics, _logger);
        var inserter = new ReplayInserter(heads, _progress, rows => CountReplayed(rows, budget, flusher));
        WalReplayReport report = WalReplay.Run(_options.WalDirectory, inserter, cancellationToken);
        List<LostWindow> lost = Report(report, inserter);
        ReserveRefs(heads, catalog, inserter, quarantined);
        NoteAges(heads, catalog, blocks);
        catalog.SamplesLost = heads.ForgetNewest;
        blocks.SamplesLost = heads.ForgetNewest;
        blocks.LocalCopyLost = meta => heads.Find(meta.Tenant)?.NoteLoss([new QueryRange(meta.MinTime, meta.MaxTime)]);
        if (lost.Count > 0 || quarantined.Entries.Count > 0)
        {
            heads.ForgetNewest();
        }

        var walOptions = new WalOptions
        {
            Directory = _options.WalDirectory,
            SegmentSizeBytes = _options.WalSegmentBytes,
            Durability = _options.Durability,
        };
        WriteAheadLog log = WriteAheadLog.Open(walOptions, _files, heads.AppendPendingSeries, _logger, _time, new WalMetrics(_metrics.Registry.Collectors));
        foreach (TenantHead head in heads.All)
        {
            head.AttachLog(log);
        }

        factory.AttachLog(log);
        var keeper = new LogKeeper(log, budget, _time, _metrics, _logger);
        var registries = new RegistrySaver(heads, keeper, _failpoints, _logger);
        var merges = new MergeRunner(_options, catalog, _files, _failpoints, _time, _metrics, _logger);
        var drops = new PendingDrops(catalog);
        var cutter = new BlockCutter(_options, merges, blocks, drops, _files, _failpoints, _time, _metrics, _logger);
        var evictor = new SeriesEvictor(_options, registries, merges.Thread, _failpoints, _time, _metrics, _logger);
        var cuts = new CutRunner(_options, heads, catalog, merges, cutter, drops, _time)
        {
            AfterCut = (head, inBlocksBefore, token) =>
                evictor.RunAsync(head, inBlocksBefore, EvictionFloor.Of(head, () => catalog.LowestRow(head.Tenant)), token),
        };
        var disk = new DiskUsage(_options, catalog, blocks, _time, _metrics);
        disk.Refresh();
        var retention = new RetentionSweep(_options, heads, catalog, blocks, _time, _logger);
        var flushes = new FlushLoop(_options, flusher, catalog, budget, keeper, registries, retention, disk, _time, _metrics, _logger);
        var maintenance = new Maintenance(_options, flushes, merges, cuts, disk, _time, _metrics, _logger);
        Log.Loaded(
            _logger, heads.All.Sum(static h => (long)h.Registry.SeriesCount), heads.All.Count(), catalog.Parts.Count,
            report.Entries, inserter.Rows, _time.GetElapsedTime(started).TotalMilliseconds);
        return new StoreState(heads, catalog, blocks, disk, budget, keeper, registries, retention, maintenance, quarantined, lost);
    }

    /// <summary>A folder whose entry is not durable can vanish with everything that was synced inside it.</summary>
    private void MakeDirectories()
    {
        string root = Path.GetFullPath(_options.DataDirectory);
        _files.CreateDirectory(root);
        _files.CreateDirectory(_options.TenantsDirectory);
        _files.CreateDirectory(_options.WalDirectory);
        _files.CreateDirectory(_options.PartsDirectory);
        _files.CreateDirectory(_options.BlocksDirectory);
        _files.CreateDirectory(_options.QuarantineDirectory);
        _files.SyncDirectory(root);
        _files.SyncDirectory(Path.GetDirectoryName(root) ?? root);
    }

    private void LoadTenants(HeadSet heads, CancellationToken cancellationToken)
    {
        List<TenantId> tenants = [];
        foreach (string directory in Directory.EnumerateDirectories(_options.TenantsDirectory))
        {
            if (TenantId.TryParse(Path.GetFileName(directory), out TenantId tenant, out _))
            {
                tenants.Add(tenant);
            }
        }

        Parallel.ForEach(
            tenants,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            tenant => heads.LoadExisting(tenant));
    }

    /// <summary>What tenants stored last, as parts and blocks tell; and a tenant counts as idle only when it was so since the start.</summary>
    private void NoteAges(HeadSet heads, PartCatalog catalog, BlockCatalog blocks)
    {
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (TenantHead head in heads.All)
        {
            long newest = catalog.Parts.Where(part => part.Holds(head.Tenant)).Select(part => part.Reader.ExtentOf(head.Tenant)?.MaxTime ?? long.MinValue)
                .Concat(blocks.Of(head.Tenant).Select(static block => block.Meta.MaxTime)).DefaultIfEmpty(long.MinValue).Max();
            head.Ages.Note(newest, nowMs);
        }
    }

    /// <summary>
    /// Where a damaged series log lost its end, parts and log still carry the refs. They stay taken, or a new series would inherit the samples of a lost one. The end of
    /// a series log looks like an interrupted write of series that nothing was acknowledged of; that parts have samples of them tells that it was not.
    /// </summary>
    private void ReserveRefs(HeadSet heads, PartCatalog catalog, ReplayInserter inserter, QuarantineLog quarantined)
    {
        foreach (TenantHead head in heads.All)
        {
            uint? inParts = catalog.Parts.Where(part => part.Holds(head.Tenant)).Max(part => part.Reader.MaxRef(head.Tenant));
            if (inParts is { } lost && lost >= head.Registry.RefEnd)
            {
                Log.SeriesLogLostItsEnd(_logger, head.Tenant.Name, lost, head.Registry.RefEnd);
                quarantined.Note($"series of {head.Tenant.Name}", "", $"the series log lost its end: samples of series {head.Registry.RefEnd} to {lost} are in parts and in no answer");
            }

            uint? max = inserter.UnknownSeries.TryGetValue(head.Tenant, out (long Rows, uint MaxRef) unknown) ? Math.Max(unknown.MaxRef, inParts ?? 0) : inParts;
            if (max is { } highest && highest >= head.Registry.RefEnd)
            {
                head.Registry.ReserveThrough(new SeriesRef(highest));
            }
        }
    }

    /// <summary>A long log must not need more memory than running did: what fills memory goes to a part on the way. The log itself stays as it is.</summary>
    private static void CountReplayed(long rows, RowBudget budget, Flusher flusher)
    {
        budget.Add(rows);
        if (budget.WantsFlush)
        {
            budget.Remove(flusher.Flush(null));
        }
    }

    private List<LostWindow> Report(WalReplayReport report, ReplayInserter inserter)
    {
        var lost = new List<LostWindow>();
        foreach (WalBadStretch gap in report.BadStretches)
        {
            Log.ReplayGap(_logger, gap.ToString());
            lost.Add(LostWindows.Of(gap));
        }

        foreach (WalTornTail tail in report.TornTails)
        {
            Log.ReplayTornTail(_logger, tail.SizeBytes, tail.From.ToString());
            lost.Add(LostWindows.Of(tail));
        }

        foreach (string damaged in report.DamagedBegins)
        {
            Log.ReplayBeginDamaged(_logger, damaged);
        }

        _metrics.ReplayGaps(lost.Count);
        foreach ((TenantId tenant, (long rows, uint _)) in inserter.UnknownSeries)
        {
            Log.ReplayUnknownSeries(_logger, rows, tenant.Name);
        }

        return lost;
    }
}
