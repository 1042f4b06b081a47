using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace RemoteStore.Blocks.Format;

/// <summary>Name of a block, a ULID: 48 bits of milliseconds since the Unix epoch, then 80 random bits. Ids of later blocks sort behind, to the millisecond.</summary>
/// <param name="High">The upper 64 bits.</param>
/// <param name="Low">The lower 64 bits.</param>
public readonly record struct BlockId(ulong High, ulong Low) : IComparable<BlockId>
{
    /// <summary>Characters of the text form.</summary>
    public const int TextLength = 26;

    /// <summary>Bytes of the binary form.</summary>
    internal const int ByteLength = 16;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Milliseconds since the Unix epoch of the id's creation.</summary>
    public long CreatedMs => (long)(High >> 16);

    /// <summary>A new id.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="random">Source of the 80 bits that tell apart ids of one millisecond.</param>
    public static BlockId New(TimeProvider time, Random random)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bits = stackalloc byte[10];
        random.NextBytes(bits);
        ulong ms = (ulong)Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds());
        return new((ms << 16) | BinaryPrimitives.ReadUInt16BigEndian(bits), BinaryPrimitives.ReadUInt64BigEndian(bits[2..]));
    }

    /// <summary>Reads the text form: 26 digits of Crockford's base 32, upper case, the first at most 7.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BlockId id)
    {
        id = default;
        if (text is not { Length: TextLength } || text[0] > '7')
        {
            return false;
        }

        UInt128 value = 0;
        foreach (char c in text)
        {
            int digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            value = (value << 5) | (uint)digit;
        }

        id = new((ulong)(value >> 64), (ulong)value);
        return true;
    }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static BlockId Parse(string text) => TryParse(text, out BlockId id) ? id : throw new FormatException($"'{text}' is not a block id");

    /// <inheritdoc/>
    public int CompareTo(BlockId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>The text form; it sorts as the ids do.</summary>
    public override string ToString()
    {
        var value = new UInt128(High, Low);
        Span<char> text = stackalloc char[TextLength];
        for (int i = TextLength - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(uint)(value & 31)];
            value >>= 5;
        }

        return new string(text);
    }

    /// <summary>Ascending order.</summary>
    public static bool operator <(BlockId left, BlockId right) => left.CompareTo(right) < 0;

    /// <summary>Ascending order.</summary>
    public static bool operator >(BlockId left, BlockId right) => left.CompareTo(right) > 0;

    /// <summary>Ascending order.</summary>
    public static bool operator <=(BlockId left, BlockId right) => left.CompareTo(right) <= 0;

    /// <summary>Ascending order.</summary>
    public static bool operator >=(BlockId left, BlockId right) => left.CompareTo(right) >= 0;

    /// <summary>Writes the binary form, most significant byte first.</summary>
    internal void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>Reads the binary form.</summary>
    internal static BlockId ReadFrom(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));
}
