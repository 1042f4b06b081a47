namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A method of a value.</summary>
/// <param name="Parameters">What it takes.</param>
/// <param name="Call">Calls it with checked arguments.</param>
internal sealed record GoMethod(IReadOnlyList<GoKind> Parameters, Func<object?[], object?> Call);
