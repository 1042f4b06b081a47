namespace RemoteStore.Model.Histograms;

/// <summary>Kahan summation in Neumaier's form, as the reference engine sums samples: a running sum and the rounding errors lost from it.</summary>
public static class CompensatedSum
{
    /// <summary>Adds a value to the sum; the result of a summation is <paramref name="sum"/> + <paramref name="compensation"/>.</summary>
    /// <param name="sum">The running sum.</param>
    /// <param name="compensation">What rounding has lost from the sum; 0 once the sum is infinite, where a difference would be NaN.</param>
    /// <param name="value">What to add.</param>
    public static void Add(ref double sum, ref double compensation, double value)
    {
        double total = sum + value;
        if (double.IsInfinity(total))
        {
            compensation = 0;
        }
        else if (Math.Abs(sum) >= Math.Abs(value))
        {
            compensation += (sum - total) + value;
        }
        else
        {
            compensation += (value - total) + sum;
        }

        sum = total;
    }
}
