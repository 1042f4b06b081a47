using RemoteStore.Model;
using RemoteStore.PromQL.Service;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>What surrounds the rules of a tenant. Immutable.</summary>
/// <param name="Tenant">Whose rules they are.</param>
/// <param name="Queries">Answers their queries.</param>
/// <param name="Sink">Takes what they write.</param>
/// <param name="Time">Measures how long they take.</param>
public sealed record RuleEnvironment(TenantId Tenant, IQueryService Queries, IRuleSink Sink, TimeProvider Time)
{
    /// <summary>Labels of this installation, by name, as templates see them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ExternalLabels { get; init; } = [];

    /// <summary>Address of this installation as users reach it, as templates see it; empty when there is none.</summary>
    public string ExternalUrl { get; init; } = "";

    /// <summary>How far behind the clock groups are evaluated that do not say.</summary>
    public TimeSpan QueryOffset { get; init; }

    /// <summary>Who watches evaluations, or null.</summary>
    public IRuleObserver? Observer { get; init; }
}
