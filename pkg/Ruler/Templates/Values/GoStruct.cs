namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A value of named fields without methods.</summary>
/// <param name="TypeName">Its type, as messages call it.</param>
/// <param name="IsPointer">True when it is printed as what is pointed at.</param>
/// <param name="Fields">Its fields in order.</param>
internal sealed record GoStruct(string TypeName, bool IsPointer, IReadOnlyList<KeyValuePair<string, object?>> Fields) : IGoObject
{
    /// <inheritdoc/>
    public bool TryField(string name, out object? value)
    {
        foreach ((string field, object? held) in Fields)
        {
            if (field == name)
            {
                value = held;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public GoMethod? Method(string name) => null;
}
