using System.Globalization;
using System.Text;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Parser.Series;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;

namespace RemoteStore.PromQL.Testing;

/// <summary>Compares answers with expectations; each method returns what is different, or null.</summary>
internal static class EvalCheck
{
    /// <summary>Checks an answer of the kind that was asked for.</summary>
    public static string? Answer(EvalCommand command, QueryResult result)
    {
        if (command.Text is not null)
        {
            return result.Type == ExprType.Text && result.Text == command.Text ? null : $"expected string \"{command.Text}\", got \"{result.Text}\"";
        }

        if (command.Scalar is { } scalar)
        {
            return result.Type != ExprType.Scalar || result.Series.Count != 1 ? $"expected scalar {Number(scalar)}, got {Describe(result)}"
                : AreClose(scalar, result.Series[0].Values.Span[0]) ? null : $"expected scalar {Number(scalar)}, got {Number(result.Series[0].Values.Span[0])}";
        }

        if (command.RangeVector is { } grid)
        {
            return result.Type == ExprType.Matrix ? Matrix(command, result.Series, grid.StartMs, grid.EndMs, grid.StepMs) : $"expected a range vector, got {Describe(result)}";
        }

        if (!command.Request.IsInstant)
        {
            return Matrix(command, result.Series, command.Request.StartMs, command.Request.EndMs, command.Request.StepMs);
        }

        return result.Type is ExprType.Scalar or ExprType.Text && (command.Series.Count > 0 || result.Type == ExprType.Text)
            ? $"expected a vector, got {Describe(result)}"
            : result.Type == ExprType.Scalar ? $"expected an empty vector, got {Describe(result)}"
            : result.Type == ExprType.Matrix ? "got a range vector where an instant vector is expected"
            : Vector(command, result.Series, result.TimeMs, command.Ordered);
    }

    /// <summary>Checks the points of a range query at one time against the expectation of an instant query.</summary>
    public static string? AtTime(EvalCommand command, QueryResult result, long timeMs)
    {
        if (command.Scalar is { } scalar)
        {
            int at = result.Series.Count == 1 ? result.Series[0].Times.Span.IndexOf(timeMs) : -1;
            return at >= 0 && AreClose(scalar, result.Series[0].Values.Span[at]) ? null : $"expected scalar {Number(scalar)}, got {Describe(result)}";
        }

        var series = new List<ResultSeries>();
        foreach (ResultSeries one in result.Series)
        {
            int at = one.Times.Span.IndexOf(timeMs);
            if (at >= 0)
            {
                series.Add(new ResultSeries(one.Labels, new[] { timeMs }, new[] { one.Values.Span[at] }, one.Histograms is null ? null : [one.Histograms[at]]));
            }
        }

        return Vector(command, series, timeMs, ordered: false);
    }

    /// <summary>The float rule: six digits, NaN like NaN, stale markers only like themselves.</summary>
    public static bool AreClose(double a, double b)
    {
        bool staleA = BitConverter.DoubleToInt64Bits(a) == SampleBits.StaleMarker;
        bool staleB = BitConverter.DoubleToInt64Bits(b) == SampleBits.StaleMarker;
        if (staleA || staleB)
        {
            return staleA && staleB;
        }

        if (a == b || (double.IsNaN(a) && double.IsNaN(b)))
        {
            return true;
        }

        const double Epsilon = 1e-6;
        const double SmallestNormal = 2.2250738585072014e-308;
        double sum = Math.Abs(a) + Math.Abs(b);
        double difference = Math.Abs(a - b);
        return a == 0 || b == 0 || sum < SmallestNormal ? difference < Epsilon * SmallestNormal : difference / Math.Min(sum, double.MaxValue) < Epsilon;
    }

    /// <summary>The rule for histograms: the same layout after compacting, numbers by the float rule, and the hint only where one is expected.</summary>
    public static bool HistogramsMatch(FloatHistogram expected, FloatHistogram actual)
    {
        if (expected.CounterResetHint != CounterResetHint.Unknown && expected.CounterResetHint != actual.CounterResetHint)
        {
            return false;
        }

        var a = new FloatHistogram();
        a.CopyFrom(expected);
        a.Compact(0);
        var b = new FloatHistogram();
        b.CopyFrom(actual);
        b.Compact(0);
        return a.Schema == b.Schema && AreClose(a.ZeroThreshold, b.ZeroThreshold) && AreClose(a.ZeroCount, b.ZeroCount) && AreClose(a.Count, b.Count)
            && AreClose(a.Sum, b.Sum) && a.PositiveSpans.SequenceEqual(b.PositiveSpans) && a.NegativeSpans.SequenceEqual(b.NegativeSpans)
            && AllClose(a.PositiveCounts, b.PositiveCounts) && AllClose(a.NegativeCounts, b.NegativeCounts) && a.CustomBounds.SequenceEqual(b.CustomBounds);
    }

    private static string? Vector(EvalCommand command, IReadOnlyList<ResultSeries> series, long timeMs, bool ordered)
    {
        var seen = new HashSet<LabelSet>();
        for (int i = 0; i < series.Count; i++)
        {
            ResultSeries one = series[i];
            int expected = command.Series.FindIndex(candidate => candidate.Labels == one.Labels);
            if (expected < 0)
            {
                return $"unexpected series {one.Labels} {Point(one, 0)}";
            }

            if (!seen.Add(one.Labels))
            {
                return $"series {one.Labels} occurs twice";
            }

            if (ordered && expected != i)
            {
                return $"series {one.Labels} at place {i + 1}, expected at place {expected + 1}";
            }

            ExpectedSeries wanted = command.Series[expected];
            if (wanted.Values.Count == 0 || Difference(wanted.Values[0], one, 0) is { } difference && difference.Length > 0)
            {
                return $"{one.Labels}: {(wanted.Values.Count == 0 ? "expected no value" : Difference(wanted.Values[0], one, 0))}";
            }

            if (one.Times.Span[0] != timeMs)
            {
                return $"{one.Labels}: sample at {one.Times.Span[0]}, expected at {timeMs}";
            }
        }

        return command.Series.Find(wanted => !seen.Contains(wanted.Labels)) is { } missing ? $"missing series {missing.Labels}" : null;
    }

    private static string? Matrix(EvalCommand command, IReadOnlyList<ResultSeries> series, long startMs, long endMs, long stepMs)
    {
        var seen = new HashSet<LabelSet>();
        for (int i = 0; i < series.Count; i++)
        {
            ResultSeries one = series[i];
            if (command.RangeVector is null && i > 0 && series[i - 1].Labels.CompareTo(one.Labels) >= 0)
            {
                return "series are not in label order";
            }

            if (command.Series.Find(candidate => candidate.Labels == one.Labels) is not { } wanted)
            {
                return $"unexpected series {one.Labels} {Points(one)}";
            }

            seen.Add(one.Labels);
            int point = 0;
            for (int position = 0; position < wanted.Values.Count; position++)
            {
                SeriesValue value = wanted.Values[position];
                long time = startMs + (position * stepMs);
                if (value.IsOmitted)
                {
                    continue;
                }

                if (time > endMs)
                {
                    return $"{one.Labels}: expected {wanted.Values.Count} points, but the range has fewer steps";
                }

                if (point >= one.Times.Length || one.Times.Span[point] != time)
                {
                    return $"{one.Labels}: expected {Describe(value)} at {time}, got {Points(one)}";
                }

                if (Difference(value, one, point) is { Length: > 0 } difference)
                {
                    return $"{one.Labels} at {time}: {difference}; all: {Points(one)}";
                }

                point++;
            }

            if (point < one.Times.Length)
            {
                return $"{one.Labels}: unexpected point at {one.Times.Span[point]}; all: {Points(one)}";
            }
        }

        return command.Series.Find(wanted => !seen.Contains(wanted.Labels)) is { } missing ? $"missing series {missing.Labels}" : null;
    }

    private static string? Difference(SeriesValue wanted, ResultSeries series, int point)
    {
        FloatHistogram? histogram = series.Histograms?[point];
        if (wanted.IsOmitted)
        {
            return "expected no value";
        }

        if (wanted.Histogram is null)
        {
            return histogram is null && AreClose(wanted.Value, series.Values.Span[point]) ? null : $"expected {Number(wanted.Value)}, got {Point(series, point)}";
        }

        var expected = new FloatHistogram();
        expected.CopyFrom(wanted.Histogram);
        return histogram is not null && HistogramsMatch(expected, histogram) ? null : $"expected {Describe(wanted)}, got {Point(series, point)}";
    }

    private static bool AllClose(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            if (!AreClose(a[i], b[i]))
            {
                return false;
            }
        }

        return a.Length == b.Length;
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Describe(SeriesValue value) =>
        value.IsOmitted ? "_" : value.Histogram is null ? Number(value.Value) : HistogramText.Print(value.Histogram);

    private static string Point(ResultSeries series, int point) =>
        series.Histograms?[point] is { } histogram ? HistogramText.Print(histogram.ToNative()) : Number(series.Values.Span[point]);

    private static string Points(ResultSeries series)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Math.Min(series.Times.Length, 20); i++)
        {
            text.Append(text.Length > 0 ? " " : "").Append(Point(series, i)).Append('@').Append(series.Times.Span[i]);
        }

        return text.ToString();
    }

    private static string Describe(QueryResult result) =>
        $"{result.Type.Name()} {string.Join(", ", result.Series.Take(5).Select(static one => $"{one.Labels} {Points(one)}"))}";
}
