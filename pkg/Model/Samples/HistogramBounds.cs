namespace RemoteStore.Model.Samples;

/// <summary>Bounds of the exponential buckets of native histograms, to the bit as Prometheus computes them.</summary>
public static class HistogramBounds
{
    // The reference's table is made by repeated multiplication with these roots of 2, reusing every second bound of the coarser schema. Its root for
    // schema 1 is one unit in the last place below the nearest double, and clients see bounds to the last digit.
    private static readonly double[] s_roots =
    [
        2, 1.414213562373095, 1.189207115002721, 1.0905077326652577, 1.0442737824274138, 1.0218971486541166, 1.0108892860517005, 1.0054299011128027,
        1.0027112750502025,
    ];

    private static readonly double[][] s_fractions = BuildFractions();

    /// <summary>Upper bound, inclusive, of the positive bucket with this index; bucket 0 ends at 1.</summary>
    /// <param name="index">Index of the bucket.</param>
    /// <param name="schema">-4 to 8.</param>
    public static double UpperBound(int index, int schema)
    {
        // The last bucket of ordinary numbers ends at the greatest of them; the bucket behind it holds the infinities.
        if (schema < 0)
        {
            long power = (long)index << -schema;
            return power == 1024 ? double.MaxValue : Scale(1, power);
        }

        double fraction = s_fractions[schema][index & ((1 << schema) - 1)];
        int exponent = (index >> schema) + 1;
        return fraction == 0.5 && exponent == 1025 ? double.MaxValue : Scale(fraction, exponent);
    }

    private static double Scale(double value, long exponent) => Math.ScaleB(value, (int)Math.Clamp(exponent, -4096, 4096));

    private static double[][] BuildFractions()
    {
        double[][] fractions = new double[s_roots.Length][];
        for (int schema = 0; schema < fractions.Length; schema++)
        {
            double[] bounds = new double[1 << schema];
            bounds[0] = 0.5;
            for (int i = 1; i < bounds.Length; i++)
            {
                bounds[i] = i % 2 == 0 ? fractions[schema - 1][i / 2] : bounds[i - 1] * s_roots[schema];
            }

            fractions[schema] = bounds;
        }

        return fractions;
    }
}
