using System.Buffers;
using System.Globalization;

namespace RemoteStore.Blocks.Parts;

/// <summary>Number of a part within one data directory; never used twice while a file of that number may exist.</summary>
public readonly record struct PartId(ulong Value) : IComparable<PartId>
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Suffix of part files.</summary>
    public const string FileSuffix = ".part";

    /// <summary>Name of the part's file: 16 hexadecimal digits and <see cref="FileSuffix"/>.</summary>
    public string FileName => ToString() + FileSuffix;

    /// <summary>Reads the number from a file name (without folder).</summary>
    public static bool TryParseFileName(string fileName, out PartId id)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        id = default;
        if (fileName.Length != 16 + FileSuffix.Length || !fileName.EndsWith(FileSuffix, StringComparison.Ordinal))
        {
            return false;
        }

        return TryParse(fileName.AsSpan(0, 16), out id);
    }

    /// <summary>Reads 16 lower-case hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PartId id)
    {
        id = default;
        if (text.Length != 16 || text.ContainsAnyExcept(s_digits))
        {
            return false;
        }

        id = new(ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(PartId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Order of numbers.</summary>
    public static bool operator <(PartId left, PartId right) => left.Value < right.Value;

    /// <summary>Order of numbers.</summary>
    public static bool operator >(PartId left, PartId right) => left.Value > right.Value;

    /// <summary>Order of numbers.</summary>
    public static bool operator <=(PartId left, PartId right) => left.Value <= right.Value;

    /// <summary>Order of numbers.</summary>
    public static bool operator >=(PartId left, PartId right) => left.Value >= right.Value;
}
