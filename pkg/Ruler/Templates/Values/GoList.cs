namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A list.</summary>
/// <param name="Items">What it holds.</param>
/// <param name="TypeName">Its type, as messages call it.</param>
internal sealed record GoList(IReadOnlyList<object?> Items, string TypeName);
