using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Format;

/// <summary>
/// Prometheus' order of label sets on canonical bytes, for sorting many that begin alike: the equal beginning is skipped at the speed of memory, and only the
/// label that differs is looked into.
/// </summary>
internal static class LabelOrder
{
    /// <summary>As <see cref="Model.Labels.LabelSet.Compare"/>.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int common = left.CommonPrefixLength(right);
        int position = 0;
        while (position < left.Length && position < right.Length)
        {
            int end = FieldEnd(left, position);
            if (end > common)
            {
                return CompareFields(left[position..end], right[position..FieldEnd(right, position)]);
            }

            position = end;
        }

        return left.Length.CompareTo(right.Length); // one is the beginning of the other
    }

    /// <summary>Order of two label fields: by name, then value.</summary>
    public static int CompareFields(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Split(left, out ReadOnlySpan<byte> leftName, out ReadOnlySpan<byte> leftValue);
        Split(right, out ReadOnlySpan<byte> rightName, out ReadOnlySpan<byte> rightValue);
        int order = leftName.SequenceCompareTo(rightName);
        return order != 0 ? order : leftValue.SequenceCompareTo(rightValue);
    }

    /// <summary>Where the label field that begins at <paramref name="position"/> ends.</summary>
    public static int FieldEnd(ReadOnlySpan<byte> canonical, int position)
    {
        int next = position + 1;
        int length = ReadLength(canonical, ref next);
        return next + length;
    }

    /// <summary>Name and value of a label field.</summary>
    public static void Split(ReadOnlySpan<byte> field, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int position = 1;
        _ = ReadLength(field, ref position);
        position++;
        int length = ReadLength(field, ref position);
        name = field.Slice(position, length);
        position += length + 1;
        length = ReadLength(field, ref position);
        value = field.Slice(position, length);
    }

    /// <summary>Where name and value lie in a label field.</summary>
    public static (Range Name, Range Value) Parts(ReadOnlySpan<byte> field)
    {
        Split(field, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
        int valueStart = field.Length - value.Length;
        int nameEnd = valueStart - 1 - Varint.Length((ulong)value.Length);
        return ((nameEnd - name.Length)..nameEnd, valueStart..field.Length);
    }

    private static int ReadLength(ReadOnlySpan<byte> bytes, ref int position)
    {
        byte first = bytes[position];
        if (first < 0x80)
        {
            position++;
            return first;
        }

        return Varint.TryRead(bytes, ref position, out ulong length)
            ? checked((int)length)
            : throw new ArgumentException("label bytes are not canonical");
    }
}
