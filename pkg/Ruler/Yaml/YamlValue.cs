using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Yaml;

/// <summary>A value of a YAML document and where it begins. Aliases are the value they stand for. Immutable.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="Size">Values in it, itself and what aliases stand for included.</param>
public abstract record YamlValue(SourcePosition Position, long Size);

/// <summary>A single value.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="Text">Its text.</param>
/// <param name="IsPlain">True when it was written without quotes, so that it may be something else than a text.</param>
public sealed record YamlScalar(SourcePosition Position, string Text, bool IsPlain) : YamlValue(Position, 1)
{
    /// <summary>True when it stands for no value.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="Items">Its values in order.</param>
public sealed record YamlSequence(SourcePosition Position, IReadOnlyList<YamlValue> Items) : YamlValue(Position, 1 + Items.Sum(static item => item.Size));

/// <summary>Names with values; merges (<c>&lt;&lt;</c>) are resolved.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="Entries">Names and values in order; of a name that occurs twice both.</param>
public sealed record YamlMapping(SourcePosition Position, IReadOnlyList<KeyValuePair<YamlScalar, YamlValue>> Entries)
    : YamlValue(Position, 1 + Entries.Sum(static entry => entry.Value.Size + 1));
