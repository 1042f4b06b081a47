using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning;

/// <summary>A part of a query that stands in it more than once.</summary>
/// <param name="First">Its first occurrence, which is the one that is computed.</param>
/// <param name="Occurrences">How often it stands there.</param>
internal sealed record SharedExpression(Expr First, int Occurrences);
