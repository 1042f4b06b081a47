namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A number with a name, such as a month.</summary>
/// <param name="TypeName">Its type, as messages call it.</param>
/// <param name="Text">Its name.</param>
/// <param name="Number">The number.</param>
internal sealed record GoName(string TypeName, string Text, long Number) : IGoObject, IGoStringer
{
    /// <inheritdoc/>
    public bool TryField(string name, out object? value)
    {
        value = null;
        return false;
    }

    /// <inheritdoc/>
    public GoMethod? Method(string name) => name == "String" ? new GoMethod([], _ => Text) : null;
}
