using RemoteStore.Api.Rules;
using RemoteStore.PromQL.Service;
using RemoteStore.Storage.Administration;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api;

/// <summary>What the API reads from and acts on.</summary>
/// <param name="Queries">Answers queries.</param>
/// <param name="Monitor">Queries under way and past.</param>
/// <param name="Samples">Series and samples.</param>
/// <param name="Exemplars">Exemplars.</param>
/// <param name="Metadata">Metadata of metric families.</param>
/// <param name="Admin">Flush and merge.</param>
/// <param name="Statistics">Counts of series and blocks.</param>
/// <param name="Durability">State of log and parts; answers before the store is ready.</param>
public sealed record ReadApiStores(
    IQueryService Queries,
    IQueryMonitor Monitor,
    IQueryable Samples,
    IExemplarQueryable Exemplars,
    IMetadataQueryable Metadata,
    IStoreAdmin Admin,
    IStoreStatistics Statistics,
    IDurabilityStatus Durability)
{
    /// <summary>The object store that blocks are handed on to; null when there is none.</summary>
    public IObjectStoreStatus? ObjectStore { get; init; }

    /// <summary>Rules that are evaluated.</summary>
    public IRuleDirectory Rules { get; init; } = new NoRules();

    /// <summary>Deletes series; null where nothing can be deleted.</summary>
    public ISeriesDeleter? Deleter { get; init; }
}
