namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A map from texts.</summary>
/// <param name="Entries">What it holds.</param>
/// <param name="ElementType">Type of its values, as messages call it.</param>
/// <param name="Zero">What a name has that is not in it.</param>
internal sealed record GoMap(IReadOnlyDictionary<string, object?> Entries, string ElementType, object? Zero)
{
    /// <summary>Its type, as messages call it.</summary>
    public string TypeName => $"map[string]{ElementType}";

    /// <summary>Names in the order of their bytes, in which Go walks through a map.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Ordered => Entries.OrderBy(static entry => entry.Key, Storage.Querying.Utf8Order.Instance);

    /// <summary>A map of texts.</summary>
    public static GoMap OfTexts(IEnumerable<KeyValuePair<string, string>> texts)
    {
        var entries = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((string name, string value) in texts)
        {
            entries[name] = value;
        }

        return new GoMap(entries, "string", "");
    }
}
