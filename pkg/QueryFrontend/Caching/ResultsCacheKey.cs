using RemoteStore.Model;

namespace RemoteStore.QueryFrontend.Caching;

/// <summary>Queries with one key have the same value at a step that they share.</summary>
/// <param name="Tenant">Whose data.</param>
/// <param name="Query">The query in canonical spelling.</param>
/// <param name="StepMs">Step in milliseconds.</param>
/// <param name="OffsetMs">What is left of the times of steps when divided by the step: 0 when they are multiples of it.</param>
/// <param name="LookbackMs">Lookback delta in milliseconds.</param>
/// <param name="MaxResolution">Downsampled data that is taken in place of raw samples.</param>
internal sealed record ResultsCacheKey(TenantId Tenant, string Query, long StepMs, long OffsetMs, long LookbackMs, SourceResolution MaxResolution = default);
