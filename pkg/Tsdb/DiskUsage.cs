using RemoteStore.Blocks.Parts;
using RemoteStore.Storage.Administration;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.LocalBlocks;

namespace RemoteStore.Tsdb;

/// <summary>What the data directory holds, by kind. Safe for concurrent use.</summary>
internal sealed class DiskUsage
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10); // a busy store flushes more often than its folders are worth a walk

    private readonly TsdbOptions _options;
    private readonly PartCatalog _catalog;
    private readonly BlockCatalog _blocks;
    private readonly TimeProvider _time;
    private readonly TsdbMetrics _metrics;
    private readonly Lock _lock = new(); // guards the fields below
    private FlushReport? _latest;
    private long _latestAt;

    public DiskUsage(TsdbOptions options, PartCatalog catalog, BlockCatalog blocks, TimeProvider time, TsdbMetrics metrics)
    {
        _options = options;
        _catalog = catalog;
        _blocks = blocks;
        _time = time;
        _metrics = metrics;
    }

    /// <summary>Sums file sizes and sets the metrics.</summary>
    /// <param name="always">False to be content with figures of a moment ago.</param>
    public FlushReport Refresh(bool always = false)
    {
        lock (_lock)
        {
            if (!always && _latest is { } latest && _time.GetElapsedTime(_latestAt) < s_interval)
            {
                return latest;
            }
        }

        FlushReport report = Report();
        foreach ((string kind, long bytes) in report.BytesByKind)
        {
            _metrics.StorageUsed(kind, bytes);
        }

        lock (_lock)
        {
            _latest = report;
            _latestAt = _time.GetTimestamp();
        }

        return report;
    }

    private FlushReport Report()
    {
        LiveBlock[] blocks = [.. _blocks.All];
        (long registry, long sideData) = TenantSizes();
        long manifest = SizeOf(_options.PartsDirectory, PartManifest.FileName);
        var bytes = new Dictionary<string, long>
        {
            ["wal"] = SizeOf(_options.WalDirectory),
            ["parts"] = SizeOf(_options.PartsDirectory) - manifest,
            ["manifest"] = manifest,
            ["blocks-index"] = blocks.Sum(static block => block.Sizes.IndexBytes),
            ["blocks-chunks"] = blocks.Sum(static block => block.Sizes.ChunkBytes),
            ["blocks-meta"] = blocks.Sum(static block => block.Sizes.MetaBytes),
            ["registry"] = registry,
            ["side-data"] = sideData,
            ["quarantine"] = SizeOf(_options.QuarantineDirectory),
        };
        return new FlushReport(bytes, _catalog.Parts.Count, _catalog.Parts.Sum(static part => part.LiveRows))
        {
            Blocks = blocks.Length,
            BlockSamples = blocks.Sum(static block => block.Meta.Stats.FloatSamples + block.Meta.Stats.HistogramSamples),
        };
    }

    /// <summary>Series of all tenants, and what else lies in their folders: exemplars and metadata.</summary>
    private (long Registry, long SideData) TenantSizes()
    {
        long all = SizeOf(_options.TenantsDirectory);
        long registry = 0;
        foreach (string tenant in Directory.Exists(_options.TenantsDirectory) ? Directory.EnumerateDirectories(_options.TenantsDirectory) : [])
        {
            registry += SizeOf(Path.Combine(tenant, "series"));
        }

        return (registry, all - registry);
    }

    private static long SizeOf(string directory, string pattern = "*")
    {
        long sum = 0;
        try
        {
            foreach (FileInfo file in new DirectoryInfo(directory).EnumerateFiles(pattern, SearchOption.AllDirectories))
            {
                sum += SizeOf(file);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Not made yet, or gone while we looked.
        }

        return sum;
    }

    private static long SizeOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0; // deleted while we looked
        }
    }
}
