namespace RemoteStore.PromQL.Functions;

/// <summary>Order of texts in which runs of digits compare as numbers: <c>a2</c> before <c>a10</c>.</summary>
internal static class NaturalOrder
{
    /// <summary>Compares two texts; texts whose numbers differ in leading zeros only fall back to bytes.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int i = 0;
        int j = 0;
        while (i < left.Length && j < right.Length)
        {
            int a = Run(left[i..]);
            int b = Run(right[j..]);
            ReadOnlySpan<byte> x = left.Slice(i, a);
            ReadOnlySpan<byte> y = right.Slice(j, b);
            int order = IsDigit(x[0]) && IsDigit(y[0]) ? CompareNumbers(x, y) : x.SequenceCompareTo(y);
            if (order != 0)
            {
                return order;
            }

            i += a;
            j += b;
        }

        int rest = (left.Length - i).CompareTo(right.Length - j);
        return rest != 0 ? rest : left.SequenceCompareTo(right);
    }

    private static bool IsDigit(byte c) => (uint)(c - '0') < 10;

    /// <summary>Length of the run of digits, or of others, at the beginning.</summary>
    private static int Run(ReadOnlySpan<byte> text)
    {
        int length = 1;
        while (length < text.Length && IsDigit(text[length]) == IsDigit(text[0]))
        {
            length++;
        }

        return length;
    }

    private static int CompareNumbers(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        left = left.TrimStart((byte)'0');
        right = right.TrimStart((byte)'0');
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }
}
