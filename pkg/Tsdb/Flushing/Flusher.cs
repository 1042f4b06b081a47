using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Primitives.Files;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Memtables;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Flushing;

/// <summary>
/// Writes what is in memory to a level-0 part: freeze all memtables, make the series they name durable, write and sync the part, name it in the
/// manifest, let go of the memtables, cut the log. Any step may fail or be the last one: rows stay in memory and in the log until the manifest names
/// their part.
/// </summary>
internal sealed class Flusher
{
    private readonly HeadSet _heads;
    private readonly PartCatalog _catalog;
    private readonly IFileSystem _files;
    private readonly Failpoints _failpoints;
    private readonly TimeProvider _time;
    private readonly TsdbOptions _options;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;
    private readonly MemtableSorter _sorter = new();

    public Flusher(
        HeadSet heads, PartCatalog catalog, TsdbOptions options, IFileSystem files, Failpoints failpoints, TimeProvider time, TsdbMetrics metrics, ILogger logger)
    {
        _heads = heads;
        _catalog = catalog;
        _options = options;
        _files = files;
        _failpoints = failpoints;
        _time = time;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Flushes everything that is in memory at the call. One call at a time: the caller holds <see cref="PartCatalog.Changes"/>.</summary>
    /// <param name="log">The log to cut afterwards; null while there is none or it has failed.</param>
    /// <returns>Rows written.</returns>
    public long Flush(WriteAheadLog? log)
    {
        // Read before any head is looked at: rows logged later lie behind it, rows logged earlier are seen under their head's lock.
        WalPosition? barrier = log is { IsFailed: false } ? log.Tail : null;
        long started = _time.GetTimestamp();
        List<FrozenHead> frozen = _heads.Freeze();
        long rows = frozen.Sum(static f => f.Memtables.Sum(static m => (long)m.Count));
        if (rows > 0)
        {
            _failpoints.Hit("flush.before-part");
            _heads.AppendPendingSeries();
            PartInfo part = WritePart(frozen);
            _failpoints.Hit("flush.after-part");
            long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            _catalog.Replace([part], [], PartOrigin.OfFlush(nowMs, frozen), "flush");
            foreach (FrozenHead head in frozen)
            {
                head.Head.Drop(head.Memtables, nowMs);
            }

            TimeSpan elapsed = _time.GetElapsedTime(started);
            _metrics.Flushed(rows, part.SizeBytes, elapsed);
            Log.Flushed(_logger, rows, part.Id.ToString(), part.SizeBytes, elapsed.TotalMilliseconds);
        }

        _heads.SaveSideData();
        if (log is not null && barrier is { } limit)
        {
            Truncate(log, _heads.OldestPosition(limit), afterRows: rows > 0);
        }

        return rows;
    }

    /// <summary>An idle flush truncates too, but only one that wrote rows passes the failpoints: a test arms them for a store under load.</summary>
    private void Truncate(WriteAheadLog log, WalPosition position, bool afterRows)
    {
        if (afterRows)
        {
            _failpoints.Hit("flush.before-truncate");
        }

        log.Truncate(position);
        if (afterRows)
        {
            _failpoints.Hit("flush.after-truncate");
        }
    }

    private PartInfo WritePart(List<FrozenHead> frozen)
    {
        DateTimeOffset now = _time.GetUtcNow();
        PartId id = _catalog.NextId();
        using PartWriter writer = PartWriter.Create(_files, _catalog.PathOf(id), id, level: 0, PartWriterOptions.Default);
        foreach (FrozenHead head in frozen)
        {
            writer.BeginTenant(head.Head.Tenant);
            _sorter.Write(head.Memtables, AgeRules.KeptFloorMs(now, _options, head.Head.Tenant), writer);
        }

        return writer.Finish();
    }
}

/// <summary>Memtables of one tenant that a flush writes.</summary>
internal readonly record struct FrozenHead(TenantHead Head, Memtable[] Memtables);
