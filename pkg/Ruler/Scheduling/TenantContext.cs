using Microsoft.Extensions.Logging;
using RemoteStore.Ruler.Evaluation;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>What the groups of a tenant share.</summary>
/// <param name="Environment">What surrounds the rules.</param>
/// <param name="Options">When to evaluate.</param>
/// <param name="Storage">Where the state of alerts is read after a restart.</param>
/// <param name="Turns">Rules of the tenant that may be evaluated at once.</param>
/// <param name="Metrics">Metrics of all tenants.</param>
/// <param name="Logger">Where failures go.</param>
internal sealed record TenantContext(
    RuleEnvironment Environment, RulerOptions Options, IQueryable Storage, SemaphoreSlim Turns, RulerMetrics Metrics, ILogger Logger);
