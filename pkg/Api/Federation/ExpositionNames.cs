using RemoteStore.Model.Labels;

namespace RemoteStore.Api.Federation;

/// <summary>Names as scrapers take them.</summary>
internal static class ExpositionNames
{
    /// <summary>True when the name is of the classic alphabet.</summary>
    /// <param name="name">UTF-8.</param>
    /// <param name="colons">True for a metric name.</param>
    public static bool IsClassic(ReadOnlySpan<byte> name, bool colons)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (!IsClassic(name[i], i == 0, colons))
            {
                return false;
            }
        }

        return name.Length > 0;
    }

    /// <summary>The name with an underscore for each character outside of the classic alphabet.</summary>
    public static byte[] Escape(ReadOnlySpan<byte> name, bool colons)
    {
        var escaped = new List<byte>(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if ((name[i] & 0xc0) == 0x80)
            {
                continue; // the rest of a character that has its underscore
            }

            if (IsClassic(name[i], escaped.Count == 0, colons))
            {
                escaped.Add(name[i]);
            }
            else
            {
                escaped.Add((byte)'_');
            }
        }

        return [.. escaped];
    }

    /// <summary>True when a label is one of the series' own, not its metric name.</summary>
    public static bool IsOwn(LabelPair label) => !label.Name.SequenceEqual("__name__"u8);

    private static bool IsClassic(byte c, bool first, bool colons) => char.IsAsciiLetter((char)c) || c == '_' || (colons && c == ':') || (!first && char.IsAsciiDigit((char)c));
}
