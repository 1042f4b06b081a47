using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary>Least squares over a range, with compensated sums.</summary>
internal static class LinearRegression
{
    /// <summary>The same of values of which each stands for a number of samples.</summary>
    public static (double Slope, double Intercept) Fit(
        ReadOnlySpan<long> times, ReadOnlySpan<double> values, ReadOnlySpan<long> weights, long interceptMs)
    {
        double n = 0, sumX = 0, sumY = 0, sumXY = 0, sumX2 = 0;
        double cX = 0, cY = 0, cXY = 0, cX2 = 0;
        bool constant = true;
        for (int i = 0; i < values.Length; i++)
        {
            constant &= values[i] == values[0];
            double x = (times[i] - interceptMs) / 1e3;
            double weight = weights[i];
            n += weight;
            Kahan.Add(weight * x, ref sumX, ref cX);
            Kahan.Add(weight * values[i], ref sumY, ref cY);
            Kahan.Add(weight * x * values[i], ref sumXY, ref cXY);
            Kahan.Add(weight * x * x, ref sumX2, ref cX2);
        }

        return Solve(constant ? values[0] : null, n, sumX + cX, sumY + cY, sumXY + cXY, sumX2 + cX2);
    }

    /// <summary>Slope per second and value at <paramref name="interceptMs"/>.</summary>
    public static (double Slope, double Intercept) Fit(ReadOnlySpan<long> times, ReadOnlySpan<double> values, long interceptMs)
    {
        double sumX = 0, sumY = 0, sumXY = 0, sumX2 = 0;
        double cX = 0, cY = 0, cXY = 0, cX2 = 0;
        bool constant = true;
        for (int i = 0; i < values.Length; i++)
        {
            constant &= i == 0 || values[i] == values[0];
            double x = (times[i] - interceptMs) / 1e3;
            Kahan.Add(x, ref sumX, ref cX);
            Kahan.Add(values[i], ref sumY, ref cY);
            Kahan.Add(x * values[i], ref sumXY, ref cXY);
            Kahan.Add(x * x, ref sumX2, ref cX2);
        }

        return Solve(constant ? values[0] : null, values.Length, sumX + cX, sumY + cY, sumXY + cXY, sumX2 + cX2);
    }

    /// <summary>The line through sums over n samples, or through values that are all the same.</summary>
    private static (double Slope, double Intercept) Solve(double? constant, double n, double sumX, double sumY, double sumXY, double sumX2)
    {
        if (constant is { } value)
        {
            return double.IsInfinity(value) ? (double.NaN, double.NaN) : (0, value);
        }

        double covariance = sumXY - (sumX * sumY / n);
        double variance = sumX2 - (sumX * sumX / n);
        double slope = covariance / variance;
        return (slope, (sumY / n) - (slope * sumX / n));
    }
}

/// <summary><c>deriv</c> and <c>predict_linear</c>.</summary>
/// <param name="call">The call.</param>
/// <param name="ahead">Seconds ahead by step for <c>predict_linear</c>; null for <c>deriv</c>.</param>
internal sealed class RegressionKernel(RangeCall call, double[]? ahead) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.HistogramCount > 0 && window.Count > 0)
        {
            NoteIgnoredHistograms(row);
        }

        if (window.Count < 2)
        {
            return;
        }

        if (ahead is null)
        {
            row.Set(window.Step, LinearRegression.Fit(window.Times, window.Values, window.Times[0]).Slope);
        }
        else
        {
            (double slope, double intercept) = LinearRegression.Fit(window.Times, window.Values, window.TimeMs);
            row.Set(window.Step, (slope * ahead[window.Step]) + intercept);
        }
    }
}

/// <summary><c>double_exponential_smoothing</c>.</summary>
internal sealed class DoubleExponentialSmoothing(RangeCall call, double[] smoothing, double[] trend) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        double sf = smoothing[window.Step];
        double tf = trend[window.Step];
        if (sf is <= 0 or >= 1)
        {
            throw QueryException.Execution($"invalid smoothing factor. Expected: 0 < sf < 1, got: {GoFloat.Fixed(sf)}");
        }

        if (tf is <= 0 or >= 1)
        {
            throw QueryException.Execution($"invalid trend factor. Expected: 0 < tf < 1, got: {GoFloat.Fixed(tf)}");
        }

        if (window.HistogramCount > 0 && window.Count > 0)
        {
            NoteIgnoredHistograms(row);
        }

        ReadOnlySpan<double> values = window.Values;
        if (values.Length < 2)
        {
            return;
        }

        double before = 0;
        double level = values[0];
        double slope = values[1] - values[0];
        for (int i = 1; i < values.Length; i++)
        {
            double x = sf * values[i];
            if (i > 1)
            {
                slope = (tf * (level - before)) + ((1 - tf) * slope);
            }

            double y = (1 - sf) * (level + slope);
            (before, level) = (level, x + y);
        }

        row.Set(window.Step, level);
    }
}
