using RemoteStore.PromQL.Service;
using RemoteStore.QueryFrontend.Caching;
using RemoteStore.QueryFrontend.Splitting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.QueryFrontend;

/// <summary>What all range queries share.</summary>
/// <param name="Querier">Computes.</param>
/// <param name="Cache">Keeps answers; null when none are kept.</param>
/// <param name="Versions">Tells what changed.</param>
/// <param name="Runner">Computes pieces.</param>
/// <param name="Options">How they are cut and kept.</param>
/// <param name="Metrics">Where they count.</param>
/// <param name="Time">The clock.</param>
internal sealed record RangeQueryParts(
    IQueryService Querier,
    IResultsCache? Cache,
    IWriteVersions Versions,
    PieceRunner Runner,
    QueryFrontendOptions Options,
    QueryFrontendMetrics Metrics,
    TimeProvider Time);
