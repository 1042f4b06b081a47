using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RemoteStore.Options;

/// <summary>Sizes in options: plain bytes, or a whole number with <c>KiB MiB GiB</c> (powers of 1,024) or <c>kB KB MB GB B</c> (powers of 1,000).</summary>
public static class ByteSize
{
    private static readonly (string Suffix, long Factor)[] s_units =
    [
        ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("kB", 1_000), ("B", 1),
    ];

    /// <summary>Parses a size.</summary>
    public static bool TryParse(string text, out long sizeBytes, [NotNullWhen(false)] out string? error)
    {
        long factor = 1;
        ReadOnlySpan<char> number = text;
        foreach ((string suffix, long unit) in s_units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                factor = unit;
                number = number[..^suffix.Length];
                break;
            }
        }

        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out sizeBytes) || sizeBytes > long.MaxValue / factor)
        {
            error = $"'{text}' is not a size such as 32MiB, 1GB or 65536";
            return false;
        }

        sizeBytes *= factor;
        error = null;
        return true;
    }

    /// <summary>The shortest exact form with a binary unit.</summary>
    public static string Format(long sizeBytes)
    {
        foreach ((string suffix, long factor) in s_units.AsSpan(0, 3))
        {
            if (sizeBytes >= factor && sizeBytes % factor == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{sizeBytes / factor}{suffix}");
            }
        }

        return sizeBytes.ToString(CultureInfo.InvariantCulture);
    }
}
