using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Tsdb.Exemplars;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Memtables;
using RemoteStore.Tsdb.Metadata;
using RemoteStore.Tsdb.Registry;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Recovery;

/// <summary>Opens tenants: their folder, series, exemplars and metadata.</summary>
internal sealed class HeadFactory
{
    private readonly TsdbOptions _options;
    private readonly IFileSystem _files;
    private readonly RowChunkPool _pool;
    private readonly bool _afterCleanStop;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;
    private volatile WriteAheadLog? _log;

    public HeadFactory(TsdbOptions options, IFileSystem files, RowChunkPool pool, bool afterCleanStop, TsdbMetrics metrics, ILogger logger)
    {
        _options = options;
        _files = files;
        _pool = pool;
        _afterCleanStop = afterCleanStop;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Tenants opened from now on log here.</summary>
    public void AttachLog(WriteAheadLog log) => _log = log;

    /// <summary>Opens a tenant that exists, or makes a new one.</summary>
    public TenantHead Open(TenantId tenant)
    {
        string directory = Path.Combine(_options.TenantsDirectory, tenant.Name);
        bool isNew = !Directory.Exists(directory);
        _files.CreateDirectory(directory);
        if (isNew)
        {
            _files.SyncDirectory(_options.TenantsDirectory);
        }

        TenantRegistryStore series = TenantRegistryStore.Open(_files, Path.Combine(directory, "series"), _options.LabelLimits, _logger);
        series.Registry.MaxSeries = _options.MaxActiveSeries > 0 ? _options.MaxActiveSeries : int.MaxValue;
        var sideData = new SideDataFiles(directory, _files, _logger, tenant);
        var exemplars = new ExemplarStore(_options.MaxExemplars);
        var metadata = new MetadataStore();
        sideData.Load(exemplars, metadata);
        bool statesAreComplete = isNew || (_afterCleanStop && series.Report.Damages.Count == 0);
        var head = new TenantHead(tenant, series, exemplars, metadata, sideData, _pool, statesAreComplete)
        {
            RowsAppended = _metrics.RowsAppended(tenant),
        };
        if (_log is { } log)
        {
            head.AttachLog(log);
        }

        return head;
    }
}
