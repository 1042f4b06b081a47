using System.Text;

namespace RemoteStore.Model.Labels;

/// <summary>One label predicate. A series without the label matches as if its value were empty.</summary>
public sealed class LabelMatcher
{
    /// <summary>Creates a matcher.</summary>
    /// <exception cref="FormatException">The pattern is not valid RE2 syntax.</exception>
    public LabelMatcher(MatchType type, string name, string value)
    {
        Type = type;
        Name = name;
        Value = value;
        NameUtf8 = Encoding.UTF8.GetBytes(name);
        ValueUtf8 = Encoding.UTF8.GetBytes(value);
    }

    /// <summary>Operator.</summary>
    public MatchType Type { get; }

    /// <summary>Label name.</summary>
    public string Name { get; }

    /// <summary>Value or RE2 pattern as written.</summary>
    public string Value { get; }

    /// <summary><see cref="Name"/> as UTF-8.</summary>
    public ReadOnlyMemory<byte> NameUtf8 { get; }

    /// <summary><see cref="Value"/> as UTF-8.</summary>
    public ReadOnlyMemory<byte> ValueUtf8 { get; }
}
