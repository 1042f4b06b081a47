using RemoteStore.QueryFrontend.Analysis;
using RemoteStore.QueryFrontend.Splitting;

namespace RemoteStore.QueryFrontend.Caching;

/// <summary>A range query as the cache sees it.</summary>
/// <param name="Key">Under what its answers are kept.</param>
/// <param name="Text">The query as it was written.</param>
/// <param name="Shape">What it looks at.</param>
/// <param name="Steps">Its steps.</param>
internal sealed record CachedRequest(ResultsCacheKey Key, string Text, QueryShape Shape, StepRange Steps);
