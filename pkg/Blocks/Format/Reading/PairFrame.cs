using RemoteStore.Blocks.Parts;
using RemoteStore.Model.Labels;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Consecutive label pairs, decoded: the label field of each, and where in it the value stands. Immutable.</summary>
internal sealed class PairFrame
{
    private const long MaxBytes = 1L << 30;

    private readonly byte[] _fields;
    private readonly int[] _starts; // of fields, and one more
    private readonly int[] _valueStarts;

    private PairFrame(int firstPair, byte[] fields, int[] starts, int[] valueStarts)
    {
        FirstPair = firstPair;
        _fields = fields;
        _starts = starts;
        _valueStarts = valueStarts;
    }

    /// <summary>Number of the first pair.</summary>
    public int FirstPair { get; }

    /// <summary>Number of pairs.</summary>
    public int Count => _valueStarts.Length;

    /// <summary>Bytes in memory.</summary>
    public long SizeBytes => _fields.Length + (8L * Count) + 100;

    /// <summary>The label field of a pair as it stands in canonical label bytes.</summary>
    public ReadOnlySpan<byte> Field(int pair) => _fields.AsSpan(_starts[pair - FirstPair].._starts[pair - FirstPair + 1]);

    /// <summary>The value of a pair.</summary>
    public ReadOnlySpan<byte> Value(int pair) => _fields.AsSpan(_valueStarts[pair - FirstPair].._starts[pair - FirstPair + 1]);

    /// <summary>First pair from <paramref name="from"/> up to <paramref name="end"/>, all of one name, whose value is not below; <paramref name="end"/> if none.</summary>
    public int LowerBound(int from, int end, ReadOnlySpan<byte> value)
    {
        int low = from;
        int high = end;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = Value(middle).SequenceCompareTo(value) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <exception cref="InvalidDataException">The bytes are not such a frame.</exception>
    public static PairFrame Parse(ReadOnlySpan<byte> bytes, int firstPair, int count, IndexDirectory directory)
    {
        int[] shared = new int[count];
        int[] rest = new int[count];
        var cursor = new SectionCursor(bytes);
        for (int i = 0; i < count; i++)
        {
            shared[i] = cursor.ReadCount(bytes.Length);
        }

        for (int i = 0; i < count; i++)
        {
            rest[i] = cursor.ReadCount(bytes.Length);
        }

        int name = directory.NameOfPair(firstPair);
        long total = 0;
        for (int i = 0; i < count; i++)
        {
            name += firstPair + i == directory.EndPair(name) ? 1 : 0;
            total += LabelSetBuilder.FieldLength(directory.Name(name).Length, shared[i] + rest[i]);
        }

        if (total > MaxBytes)
        {
            Malformed.Throw($"label pairs of {total} bytes are too many");
        }

        byte[] fields = new byte[(int)total];
        int[] starts = new int[count + 1];
        int[] valueStarts = new int[count];
        byte[] value = [];
        int valueLength = 0;
        name = directory.NameOfPair(firstPair);
        for (int i = 0; i < count; i++)
        {
            name += firstPair + i == directory.EndPair(name) ? 1 : 0;
            int length = shared[i] + rest[i];
            if (shared[i] > valueLength || (firstPair + i == directory.FirstPair(name)) != (length == 0))
            {
                Malformed.Throw("a label value does not fit its place");
            }

            if (value.Length < length)
            {
                Array.Resize(ref value, length + 64);
            }

            cursor.ReadBytes(rest[i]).CopyTo(value.AsSpan(shared[i]));
            valueLength = length;
            starts[i + 1] = starts[i] + LabelSetBuilder.WriteField(fields.AsSpan(starts[i]), directory.Name(name), value.AsSpan(0, length));
            valueStarts[i] = starts[i + 1] - length;
        }

        cursor.Finish();
        return new PairFrame(firstPair, fields, starts, valueStarts);
    }
}
