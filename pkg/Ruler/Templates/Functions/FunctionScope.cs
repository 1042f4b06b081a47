using RemoteStore.Ruler.Templates.Execution;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>What functions know of the expansion that calls them.</summary>
/// <param name="Context">What surrounds it.</param>
/// <param name="Budget">What it may cost.</param>
/// <param name="Expand">Expands another template of the set with some data.</param>
/// <param name="CancellationToken">Given up by the caller.</param>
internal sealed record FunctionScope(
    TemplateContext Context, TemplateBudget Budget, Func<string, object?, ValueTask<string>> Expand, CancellationToken CancellationToken);
