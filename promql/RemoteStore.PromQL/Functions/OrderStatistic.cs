namespace RemoteStore.PromQL.Functions;

/// <summary>Finds the value of a rank without sorting the others. NaNs rank lowest.</summary>
internal static class OrderStatistic
{
    private const int SortBelow = 32;

    /// <summary>Moves values so that the one of the rank stands at its index, none below it before and none above it behind.</summary>
    /// <param name="values">The values; reordered.</param>
    /// <param name="rank">From 0.</param>
    /// <param name="cancellationToken">Looked at once for every pass over what is left.</param>
    /// <returns>The value of the rank.</returns>
    public static double Select(Span<double> values, int rank, CancellationToken cancellationToken)
    {
        int nans = MoveNaNs(values);
        if (rank < nans)
        {
            return double.NaN;
        }

        int low = nans;
        int high = values.Length - 1;
        int passes = 0;
        int bound = 2 * System.Numerics.BitOperations.Log2((uint)values.Length + 1);
        while (high - low >= SortBelow)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (passes++ > bound)
            {
                break; // pivots were bad: what is left is sorted, which is never quadratic
            }

            double pivot = Median(values[low], values[low + ((high - low) >>> 1)], values[high]);
            int left = low;
            int right = high;
            while (left <= right)
            {
                while (values[left] < pivot)
                {
                    left++;
                }

                while (values[right] > pivot)
                {
                    right--;
                }

                if (left <= right)
                {
                    (values[left], values[right]) = (values[right], values[left]);
                    left++;
                    right--;
                }
            }

            if (rank <= right)
            {
                high = right;
            }
            else if (rank >= left)
            {
                low = left;
            }
            else
            {
                return values[rank];
            }
        }

        values[low..(high + 1)].Sort();
        return values[rank];
    }

    /// <summary>The lowest value that is no NaN.</summary>
    public static double Lowest(ReadOnlySpan<double> values)
    {
        double lowest = double.PositiveInfinity;
        foreach (double value in values)
        {
            lowest = value < lowest ? value : lowest;
        }

        return lowest;
    }

    private static int MoveNaNs(Span<double> values)
    {
        int nans = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                (values[nans], values[i]) = (values[i], values[nans]);
                nans++;
            }
        }

        return nans;
    }

    private static double Median(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
