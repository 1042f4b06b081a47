using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.Storage.Merging;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;

namespace RemoteStore.Querier.Sources;

/// <summary>
/// One view over several sources: recent data, blocks, replicas. Samples are deduplicated by the one rule of storage. Safe for concurrent use.
/// </summary>
public sealed class MergedQueryable : IPartialQueryable, IDisposable
{
    private readonly (QuerySource Source, SourceGuard? Guard)[] _sources;

    /// <summary>Joins sources.</summary>
    /// <param name="sources">
    /// At least one, with different names. Where data moves from one to another, the one it leaves comes first: views open in this order, so that they see
    /// what moves at least once. A local store (<see cref="ILocalView"/>) has no guard, and comes before a bucket (<see cref="IBucketQueryable"/>), which is
    /// left out, guard and all, when it has nothing to add.
    /// </param>
    /// <param name="registry">Where metrics go.</param>
    /// <param name="logger">Takes failures.</param>
    /// <param name="time">The clock.</param>
    public MergedQueryable(IReadOnlyList<QuerySource> sources, MetricsRegistry registry, ILogger<MergedQueryable> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentOutOfRangeException.ThrowIfZero(sources.Count);
        if (sources.DistinctBy(static source => source.Name).Count() != sources.Count)
        {
            throw new ArgumentException("two sources have the same name", nameof(sources));
        }

        _sources =
        [
            .. sources.Select(source => (
                source,
                source.Guard is null ? null : new SourceGuard(source, new SourceMetrics(registry, source.Name), logger, time))),
        ];
    }

    /// <inheritdoc/>
    public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        OpenQuerierAsync(tenant, range, [], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IQuerier> OpenQuerierAsync(
        TenantId tenant, QueryRange range, IReadOnlyList<MissingData> without, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(without);
        var queriers = new List<IQuerier>(_sources.Length);
        try
        {
            foreach ((QuerySource source, SourceGuard? guard) in _sources)
            {
                QueryRange covered = source.Clip(tenant, range);
                LocalHoldings held = HoldingsOf(queriers);
                if (covered.IsEmpty
                    || without.Any(gap => gap.Source == source.Name)
                    || (source.Storage is IBucketQueryable bucket && !bucket.MayAdd(tenant, range, held)))
                {
                    continue; // what is left may be one view, which is given out as it is
                }

                queriers.Add(guard is null
                    ? await OpenAsync(source, held, cancellationToken).ConfigureAwait(false)
                    : await guard.OpenAsync(tenant, covered, token => OpenAsync(source, held, token), cancellationToken).ConfigureAwait(false));
            }
        }
        catch
        {
            foreach (IQuerier querier in queriers)
            {
                await querier.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }

        return queriers.Count == 0 ? NoQuerier.Instance : MergedQuerier.Over(queriers);

        // With the whole range, not the part that is covered: what covers it may grow while the view opens.
        ValueTask<IQuerier> OpenAsync(QuerySource source, LocalHoldings held, CancellationToken token) => source.Storage switch
        {
            IBucketQueryable bucket => bucket.OpenQuerierAsync(tenant, range, held, without, token),
            IPartialQueryable some when without.Count > 0 => some.OpenQuerierAsync(tenant, range, without, token),
            _ => source.Storage.OpenQuerierAsync(tenant, range, token),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, SourceGuard? guard) in _sources)
        {
            guard?.Dispose();
        }
    }

    /// <summary>What the views that are open already say that they hold.</summary>
    private static LocalHoldings HoldingsOf(List<IQuerier> queriers) => queriers.OfType<ILocalView>().FirstOrDefault()?.Holdings ?? LocalHoldings.None;
}
