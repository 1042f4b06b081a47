namespace RemoteStore.PromQL.Execution;

/// <summary>
/// A plan rested on what nearly always holds (<see cref="QueryContext.AssumesOneType"/>), and it does not: the query is evaluated once more without.
/// </summary>
internal sealed class AssumptionFailedException() : Exception("series of one metric differ in type or unit");
