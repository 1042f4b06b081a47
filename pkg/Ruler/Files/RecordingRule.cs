using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.Ruler.Files;

/// <summary>Stores what its query gives as series of a new name.</summary>
/// <param name="Name">Metric name of the series.</param>
/// <param name="Expression">The query as written.</param>
/// <param name="Tree">The query, parsed.</param>
public sealed record RecordingRule(string Name, string Expression, Expr Tree) : Rule(Name, Expression, Tree);
