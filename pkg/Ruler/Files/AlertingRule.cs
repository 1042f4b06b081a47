using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.Ruler.Files;

/// <summary>Raises an alert for each series that its query gives.</summary>
/// <param name="Name">Value of the label <c>alertname</c>.</param>
/// <param name="Expression">The query as written.</param>
/// <param name="Tree">The query, parsed.</param>
public sealed record AlertingRule(string Name, string Expression, Expr Tree) : Rule(Name, Expression, Tree)
{
    /// <summary>How long a series must be in the answer before its alert fires.</summary>
    public TimeSpan For { get; init; }

    /// <summary>How long an alert fires on after its series is gone.</summary>
    public TimeSpan KeepFiringFor { get; init; }

    /// <summary>Templates of what is told about an alert, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; init; } = [];

    /// <inheritdoc/>
    public override bool IsSameAs(Rule other) =>
        base.IsSameAs(other) && other is AlertingRule alert && For == alert.For && KeepFiringFor == alert.KeepFiringFor &&
        Annotations.SequenceEqual(alert.Annotations);
}
