using System.Text;
using RemoteStore.Model.Regexp;

namespace RemoteStore.Model.Labels;

/// <summary>One label predicate. A series without the label matches as if its value were empty. Immutable, safe for concurrent use.</summary>
public sealed class LabelMatcher
{
    private readonly byte[] _value;

    /// <summary>Creates a matcher.</summary>
    /// <exception cref="FormatException">The pattern is not valid RE2 syntax; the message is that of Go's regexp package.</exception>
    public LabelMatcher(MatchType type, string name, string value)
        : this(type, name, value, ParseIfNeeded(type, value))
    {
    }

    private LabelMatcher(MatchType type, string name, string value, Re2Regex? regex)
    {
        Type = type;
        Name = name;
        Value = value;
        Regex = regex;
        NameUtf8 = Encoding.UTF8.GetBytes(name);
        _value = Encoding.UTF8.GetBytes(value);
        MatchesEmpty = Matches([]);
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
    public ReadOnlyMemory<byte> ValueUtf8 => _value;

    /// <summary>The pattern of <c>=~</c> and <c>!~</c>, null for <c>=</c> and <c>!=</c>. For <c>!~</c> it is the pattern that must not match.</summary>
    public Re2Regex? Regex { get; }

    /// <summary>True when a series without the label matches.</summary>
    public bool MatchesEmpty { get; }

    /// <summary>True when a label of this value matches.</summary>
    /// <param name="value">Valid UTF-8; empty for a missing label.</param>
    public bool Matches(ReadOnlySpan<byte> value) => Type switch
    {
        MatchType.Equal => value.SequenceEqual(_value),
        MatchType.NotEqual => !value.SequenceEqual(_value),
        MatchType.Regexp => Regex!.IsMatch(value),
        _ => !Regex!.IsMatch(value),
    };

    /// <summary>The matcher that matches what this one does not. Shares the parsed pattern.</summary>
    public LabelMatcher Inverse() => new(
        Type switch
        {
            MatchType.Equal => MatchType.NotEqual,
            MatchType.NotEqual => MatchType.Equal,
            MatchType.Regexp => MatchType.NotRegexp,
            _ => MatchType.Regexp,
        },
        Name,
        Value,
        Regex);

    /// <summary>As in PromQL: <c>job=~"a.*"</c>; a name that is not an identifier is quoted.</summary>
    public override string ToString()
    {
        string symbol = Type switch
        {
            MatchType.Equal => "=",
            MatchType.NotEqual => "!=",
            MatchType.Regexp => "=~",
            _ => "!~",
        };
        string name = LabelNames.IsValid(NameUtf8.Span, NameScheme.Legacy) ? Name : SeriesText.Quote(NameUtf8.Span, int.MaxValue);
        return $"{name}{symbol}{SeriesText.Quote(_value, int.MaxValue)}";
    }

    private static Re2Regex? ParseIfNeeded(MatchType type, string value)
    {
        if (type is MatchType.Equal or MatchType.NotEqual)
        {
            return null;
        }

        return Re2Regex.TryParse(value, out Re2Regex? regex, out string? error) ? regex : throw new FormatException(error);
    }
}
