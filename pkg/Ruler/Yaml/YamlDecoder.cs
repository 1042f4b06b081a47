using System.Globalization;
using RemoteStore.Model;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Yaml;

/// <summary>Takes values of a document as what they are to be, and collects all that is not so. Words are those of Go's decoder, which users of Prometheus know.</summary>
/// <param name="ignoreUnknownFields">True to pass over fields that nobody asks for.</param>
public sealed class YamlDecoder(bool ignoreUnknownFields = false)
{
    private readonly List<YamlFault> _faults = [];

    /// <summary>All that was found wrong, in the order of decoding.</summary>
    public IReadOnlyList<YamlFault> Faults => _faults;

    /// <summary>Notes that something is wrong.</summary>
    public void Refuse(SourcePosition position, string reason) => _faults.Add(new YamlFault(position, reason));

    /// <summary>Reads the fields of a mapping; no value at all is an empty one.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">What it is, for messages.</param>
    /// <param name="fields">Fields and what reads them.</param>
    public void Fields(YamlValue? value, string type, params ReadOnlySpan<(string Name, Action<YamlValue> Read)> fields)
    {
        if (value is null or YamlScalar { IsNull: true })
        {
            return;
        }

        if (value is not YamlMapping mapping)
        {
            Refuse(value.Position, $"cannot unmarshal {Kind(value)} into {type}");
            return;
        }

        var seen = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        foreach ((YamlScalar name, YamlValue read) in mapping.Entries)
        {
            if (!IsNew(seen, name))
            {
                continue;
            }

            Action<YamlValue>? reader = null;
            foreach ((string known, Action<YamlValue> action) in fields)
            {
                reader = known == name.Text ? action : reader;
            }

            if (reader is not null)
            {
                reader(read);
            }
            else if (!ignoreUnknownFields)
            {
                Refuse(name.Position, $"field {name.Text} not found in type {type}");
            }
        }
    }

    /// <summary>Reads a list; no value at all is an empty one.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">What its items are, for messages.</param>
    /// <param name="read">Reads an item.</param>
    public List<T> List<T>(YamlValue value, string type, Func<YamlValue, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (value is YamlSequence list)
        {
            return [.. list.Items.Select(read)];
        }

        if (value is not YamlScalar { IsNull: true })
        {
            Refuse(value.Position, $"cannot unmarshal {Kind(value)} into []{type}");
        }

        return [];
    }

    /// <summary>Reads a mapping of texts, as a list ordered by name; no value at all is an empty one.</summary>
    public List<KeyValuePair<YamlScalar, string>> TextMap(YamlValue value)
    {
        var texts = new List<KeyValuePair<YamlScalar, string>>();
        if (value is YamlMapping mapping)
        {
            var seen = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
            foreach ((YamlScalar name, YamlValue text) in mapping.Entries)
            {
                if (IsNew(seen, name))
                {
                    texts.Add(new(name, Text(text)));
                }
            }

            texts.Sort(static (a, b) => string.CompareOrdinal(a.Key.Text, b.Key.Text));
        }
        else if (value is not YamlScalar { IsNull: true })
        {
            Refuse(value.Position, $"cannot unmarshal {Kind(value)} into map[string]string");
        }

        return texts;
    }

    /// <summary>Reads a text; a number is one too, no value at all is the empty one.</summary>
    public string Text(YamlValue value)
    {
        if (value is YamlScalar scalar)
        {
            return scalar.IsNull ? "" : scalar.Text;
        }

        Refuse(value.Position, $"cannot unmarshal {Kind(value)} into string");
        return "";
    }

    /// <summary>Reads a duration such as <c>5m</c>; null when there is no value, or it is none.</summary>
    public TimeSpan? Duration(YamlValue value)
    {
        if (value is YamlScalar { IsNull: true })
        {
            return null;
        }

        int faults = _faults.Count;
        string text = Text(value);
        if (_faults.Count > faults)
        {
            return null;
        }

        if (PrometheusDuration.TryParse(text, out TimeSpan duration, out string? error))
        {
            return duration;
        }

        Refuse(
            value.Position,
            text.Length == 0 ? "empty duration string"
            : error.EndsWith("out of range", StringComparison.Ordinal) ? "duration out of range"
            : $"not a valid duration string: \"{text}\"");
        return null;
    }

    /// <summary>Reads a whole number; 0 when there is no value, or it is none.</summary>
    public int WholeNumber(YamlValue value)
    {
        if (value is YamlScalar { IsPlain: true } scalar)
        {
            if (scalar.IsNull)
            {
                return 0;
            }

            if (int.TryParse(scalar.Text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            {
                return number;
            }
        }

        Refuse(value.Position, $"cannot unmarshal {Kind(value)} into int");
        return 0;
    }

    /// <summary>Reads a number, which may be infinite or none at all; 0 when there is no value.</summary>
    public double Number(YamlValue value)
    {
        if (value is YamlScalar { IsPlain: true } scalar)
        {
            switch (scalar.Text)
            {
                case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                    return double.PositiveInfinity;
                case "-.inf" or "-.Inf" or "-.INF":
                    return double.NegativeInfinity;
                case ".nan" or ".NaN" or ".NAN":
                    return double.NaN;
                default:
                    if (scalar.IsNull)
                    {
                        return 0;
                    }

                    if (double.TryParse(scalar.Text, NumberStyles.Float & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
                    {
                        return number;
                    }

                    break;
            }
        }

        Refuse(value.Position, $"cannot unmarshal {Kind(value)} into float64");
        return 0;
    }

    /// <summary>Reads true or false; false when there is no value, or it is neither.</summary>
    public bool Flag(YamlValue value)
    {
        switch (value)
        {
            case YamlScalar { IsPlain: true, Text: "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" }:
                return true;
            case YamlScalar { IsPlain: true, Text: "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" } or YamlScalar { IsNull: true }:
                return false;
            default:
                Refuse(value.Position, $"cannot unmarshal {Kind(value)} into bool");
                return false;
        }
    }

    private bool IsNew(Dictionary<string, SourcePosition> seen, YamlScalar name)
    {
        if (seen.TryAdd(name.Text, name.Position))
        {
            return true;
        }

        Refuse(name.Position, FormattableString.Invariant($"mapping key \"{name.Text}\" already defined at line {seen[name.Text].Line}"));
        return false;
    }

    private static string Kind(YamlValue value)
    {
        if (value is not YamlScalar scalar)
        {
            return value is YamlMapping ? "!!map" : "!!seq";
        }

        string text = scalar.Text.Length > 10 ? string.Concat(scalar.Text.AsSpan(0, 7), "...") : scalar.Text;
        string tag = !scalar.IsPlain ? "!!str"
            : scalar.IsNull ? "!!null"
            : scalar.Text is "true" or "false" ? "!!bool"
            : long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? "!!int"
            : double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? "!!float"
            : "!!str";
        return $"{tag} `{text}`";
    }
}
