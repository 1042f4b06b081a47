using Microsoft.Extensions.Logging;
using RemoteStore.Primitives.Files;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Flushing;

/// <summary>Saves registry snapshots: when a tenant's series log has grown long, so that a start after a crash stays fast, and at shutdown.</summary>
internal sealed class RegistrySaver
{
    private const long MinNewSeries = 50_000;

    private readonly HeadSet _heads;
    private readonly LogKeeper _log;
    private readonly Failpoints _failpoints;
    private readonly ILogger _logger;

    public RegistrySaver(HeadSet heads, LogKeeper log, Failpoints failpoints, ILogger logger)
    {
        _heads = heads;
        _log = log;
        _failpoints = failpoints;
        _logger = logger;
    }

    /// <summary>Saves registries whose snapshot misses many series: a fixed number, or a third of all when that is more, so that the work stays in proportion.</summary>
    public async Task SaveGrownAsync(CancellationToken cancellationToken)
    {
        foreach (TenantHead head in _heads.All)
        {
            if (head.Series.SeriesSinceSnapshot < Math.Max(MinNewSeries, head.Registry.SeriesCount / 3))
            {
                continue;
            }

            try
            {
                await SaveAsync(head, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                Log.SideDataNotSaved(_logger, e, "the registry", head.Tenant.Name);
            }
        }
    }

    /// <summary>Saves all registries.</summary>
    /// <exception cref="IOException">One could not be saved.</exception>
    public async Task SaveAllAsync()
    {
        foreach (TenantHead head in _heads.All)
        {
            await SaveAsync(head, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Saves one registry.</summary>
    /// <exception cref="IOException">It could not be saved.</exception>
    public async Task SaveAsync(TenantHead head, CancellationToken cancellationToken) =>
        await head.Series.SaveSnapshotAsync(
            async _ =>
            {
                WriteAheadLog log = _log.Current;
                await log.WaitDurableAsync(log.Tail).ConfigureAwait(false);
                _failpoints.Hit("registry.mid-snapshot");
            },
            cancellationToken).ConfigureAwait(false);
}
