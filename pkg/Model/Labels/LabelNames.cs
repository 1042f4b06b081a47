using System.Text.Unicode;

namespace RemoteStore.Model.Labels;

/// <summary>Validity of metric and label names under the two naming schemes of Prometheus.</summary>
public static class LabelNames
{
    /// <summary>True when the text is a label name.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name, NameScheme scheme) =>
        scheme == NameScheme.Legacy ? IsLegacy(name, colons: false) : !name.IsEmpty && Utf8.IsValid(name);

    /// <summary>True when the text is a metric name.</summary>
    public static bool IsValidMetricName(ReadOnlySpan<byte> name, NameScheme scheme) =>
        scheme == NameScheme.Legacy ? IsLegacy(name, colons: true) : !name.IsEmpty && Utf8.IsValid(name);

    /// <summary>True when the text may be the value of a label: any valid UTF-8, the empty text included (which means no label).</summary>
    public static bool IsValidValue(ReadOnlySpan<byte> value) => Utf8.IsValid(value);

    private static bool IsLegacy(ReadOnlySpan<byte> name, bool colons)
    {
        for (int i = 0; i < name.Length; i++)
        {
            byte c = name[i];
            bool valid = (uint)((c | 0x20) - 'a') < 26 || c == '_' || (c == ':' && colons) || (i > 0 && (uint)(c - '0') < 10);
            if (!valid)
            {
                return false;
            }
        }

        return !name.IsEmpty;
    }
}
