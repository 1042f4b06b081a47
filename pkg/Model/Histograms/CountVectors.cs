using System.Numerics;

namespace RemoteStore.Model.Histograms;

/// <summary>
/// Arithmetic over arrays of bucket counts. Each kernel works in vectors of the machine's width and ends with its scalar twin, which gives the same bits:
/// every element is rounded once per operation in both.
/// </summary>
internal static class CountVectors
{
    /// <summary>Adds <paramref name="values"/> to <paramref name="target"/>, element by element; both are equally long.</summary>
    public static void Add(Span<double> target, ReadOnlySpan<double> values)
    {
        int i = 0;
        for (; i <= target.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(target[i..]) + new Vector<double>(values[i..])).CopyTo(target[i..]);
        }

        AddScalar(target[i..], values[i..]);
    }

    public static void AddScalar(Span<double> target, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += values[i];
        }
    }

    /// <summary>Subtracts <paramref name="values"/> from <paramref name="target"/>, element by element; both are equally long.</summary>
    public static void Subtract(Span<double> target, ReadOnlySpan<double> values)
    {
        int i = 0;
        for (; i <= target.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(target[i..]) - new Vector<double>(values[i..])).CopyTo(target[i..]);
        }

        SubtractScalar(target[i..], values[i..]);
    }

    public static void SubtractScalar(Span<double> target, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] -= values[i];
        }
    }

    /// <summary><see cref="CompensatedSum.Add"/>, element by element; all three are equally long.</summary>
    public static void AddCompensated(Span<double> sums, Span<double> compensations, ReadOnlySpan<double> values)
    {
        var infinity = new Vector<double>(double.PositiveInfinity);
        int i = 0;
        for (; i <= sums.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var sum = new Vector<double>(sums[i..]);
            var value = new Vector<double>(values[i..]);
            Vector<double> total = sum + value;
            Vector<long> sumIsGreater = Vector.GreaterThanOrEqual(Vector.Abs(sum), Vector.Abs(value));
            Vector<double> lost = Vector.ConditionalSelect(sumIsGreater, (sum - total) + value, (value - total) + sum);
            Vector<double> compensation = new Vector<double>(compensations[i..]) + lost;
            Vector.ConditionalSelect(Vector.Equals(Vector.Abs(total), infinity), Vector<double>.Zero, compensation).CopyTo(compensations[i..]);
            total.CopyTo(sums[i..]);
        }

        AddCompensatedScalar(sums[i..], compensations[i..], values[i..]);
    }

    public static void AddCompensatedScalar(Span<double> sums, Span<double> compensations, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            CompensatedSum.Add(ref sums[i], ref compensations[i], values[i]);
        }
    }

    /// <summary>Multiplies each element.</summary>
    public static void Multiply(Span<double> target, double factor)
    {
        int i = 0;
        for (; i <= target.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(target[i..]) * factor).CopyTo(target[i..]);
        }

        MultiplyScalar(target[i..], factor);
    }

    public static void MultiplyScalar(Span<double> target, double factor)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] *= factor;
        }
    }

    /// <summary>Divides each element.</summary>
    public static void Divide(Span<double> target, double divisor)
    {
        var divisors = new Vector<double>(divisor);
        int i = 0;
        for (; i <= target.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(target[i..]) / divisors).CopyTo(target[i..]);
        }

        DivideScalar(target[i..], divisor);
    }

    public static void DivideScalar(Span<double> target, double divisor)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] /= divisor;
        }
    }

    /// <summary>True when any element is less than its counterpart; both are equally long.</summary>
    public static bool AnyLess(ReadOnlySpan<double> values, ReadOnlySpan<double> than)
    {
        int i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            if (Vector.LessThanAny(new Vector<double>(values[i..]), new Vector<double>(than[i..])))
            {
                return true;
            }
        }

        return AnyLessScalar(values[i..], than[i..]);
    }

    public static bool AnyLessScalar(ReadOnlySpan<double> values, ReadOnlySpan<double> than)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] < than[i])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when any element is infinite.</summary>
    public static bool AnyInfinite(ReadOnlySpan<double> values)
    {
        var infinity = new Vector<double>(double.PositiveInfinity);
        int i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            if (Vector.EqualsAny(Vector.Abs(new Vector<double>(values[i..])), infinity))
            {
                return true;
            }
        }

        return AnyInfiniteScalar(values[i..]);
    }

    public static bool AnyInfiniteScalar(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (double.IsInfinity(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when all elements have the same bits; both are equally long.</summary>
    public static bool SameBits(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(left[i]) != BitConverter.DoubleToInt64Bits(right[i]))
            {
                return false;
            }
        }

        return true;
    }
}
