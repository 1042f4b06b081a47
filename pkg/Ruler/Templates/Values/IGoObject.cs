namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A value with fields or methods.</summary>
internal interface IGoObject
{
    /// <summary>Its type, as messages call it.</summary>
    string TypeName { get; }

    /// <summary>Finds a field.</summary>
    bool TryField(string name, out object? value);

    /// <summary>Finds a method; null when it has none of that name.</summary>
    GoMethod? Method(string name);
}
