using RemoteStore.Model;

namespace RemoteStore.Storage.Querying;

/// <summary>Something that holds series in several sources and can answer without those that cannot be read.</summary>
public interface IPartialQueryable : IQueryable
{
    /// <summary>Opens a view that leaves out sources as a whole, so that no series has samples of a source of which another series lacks them.</summary>
    /// <param name="tenant">Whose data.</param>
    /// <param name="range">As in <see cref="IQueryable.OpenQuerierAsync"/>.</param>
    /// <param name="without">Gaps that reads met before: their sources are left out. Names that are not known are passed over.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="MissingDataException">Another source cannot be read.</exception>
    ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, IReadOnlyList<MissingData> without, CancellationToken cancellationToken);
}
