using System.Globalization;
using System.Text.Json;
using CsCheck;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Tests.Histograms;

/// <summary>Histograms written as in Prometheus' test language, <c>{{schema:0 count:4 buckets:[1 2 1]}}</c>, and as in the tables.</summary>
internal static class HistogramText
{
    public static FloatHistogram Parse(string text)
    {
        var histogram = new FloatHistogram();
        Dictionary<string, string> fields = Fields(text);
        histogram.Reset((int)Number(fields, "schema"));
        histogram.Count = Number(fields, "count");
        histogram.Sum = Number(fields, "sum");
        histogram.ZeroCount = Number(fields, "z_bucket");
        histogram.ZeroThreshold = Number(fields, "z_bucket_w");
        histogram.CounterResetHint = fields.GetValueOrDefault("counter_reset_hint", "unknown") switch
        {
            "gauge" => CounterResetHint.Gauge,
            "reset" => CounterResetHint.CounterReset,
            "not_reset" => CounterResetHint.NotCounterReset,
            _ => CounterResetHint.Unknown,
        };
        if (histogram.HasCustomBuckets)
        {
            histogram.SetCustomBounds(Numbers(fields, "custom_values"));
        }

        double[] positive = Numbers(fields, "buckets");
        double[] negative = Numbers(fields, "n_buckets");
        histogram.SetPositive(Span(Number(fields, "offset"), positive), positive);
        histogram.SetNegative(Span(Number(fields, "n_offset"), negative), negative);
        return histogram;
    }

    public static Gen<double> OneOf(params double[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    public static FloatHistogram Read(JsonElement json)
    {
        var histogram = new FloatHistogram();
        histogram.Reset((int)Number(json, "Schema"));
        histogram.Count = Number(json, "Count");
        histogram.Sum = Number(json, "Sum");
        histogram.ZeroCount = Number(json, "ZeroCount");
        histogram.ZeroThreshold = Number(json, "ZeroThreshold");
        histogram.CounterResetHint = json.TryGetProperty("CounterResetHint", out JsonElement hint)
            ? Enum.Parse<CounterResetHint>(hint.GetString()!.Replace("_", "", StringComparison.Ordinal), ignoreCase: true)
            : CounterResetHint.Unknown;
        if (histogram.HasCustomBuckets)
        {
            histogram.SetCustomBounds(Numbers(json, "CustomValues"));
        }

        histogram.SetPositive(Spans(json, "PositiveSpans"), Numbers(json, "PositiveBuckets"));
        histogram.SetNegative(Spans(json, "NegativeSpans"), Numbers(json, "NegativeBuckets"));
        return histogram;
    }

    public static double Number(JsonElement json) => json.ValueKind == JsonValueKind.String ? Number(json.GetString()!) : json.GetDouble();

    public static double[] Numbers(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement values) ? [.. values.EnumerateArray().Select(Number)] : [];

    public static HistogramSpan[] Spans(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement spans)
        ? [.. spans.EnumerateArray().Select(static s => new HistogramSpan((int)Number(s, "Offset"), (uint)Number(s, "Length")))]
        : [];

    public static double Number(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? Number(value) : 0;

    public static string Write(FloatHistogram h) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"schema {h.Schema} hint {h.CounterResetHint} count {h.Count:R} sum {h.Sum:R} zero {h.ZeroCount:R} threshold {h.ZeroThreshold:R}")
        + $" positive {Side(h.PositiveSpans, h.PositiveCounts)} negative {Side(h.NegativeSpans, h.NegativeCounts)} bounds {Join(h.CustomBounds)}";

    /// <summary>Null when equal as the test language has it, after both were compacted: layout exactly, numbers within 1e-12 of each other.</summary>
    public static string? Difference(FloatHistogram actual, FloatHistogram expected, double tolerance = 1e-12)
    {
        FloatHistogram left = Compacted(actual);
        FloatHistogram right = Compacted(expected);
        bool equal = left.Schema == right.Schema
            && left.ZeroThreshold == right.ZeroThreshold
            && Near(left.Count, right.Count, tolerance)
            && Near(left.Sum, right.Sum, tolerance)
            && Near(left.ZeroCount, right.ZeroCount, tolerance)
            && left.PositiveSpans.SequenceEqual(right.PositiveSpans)
            && left.NegativeSpans.SequenceEqual(right.NegativeSpans)
            && Near(left.PositiveCounts, right.PositiveCounts, tolerance)
            && Near(left.NegativeCounts, right.NegativeCounts, tolerance)
            && left.CustomBounds.SequenceEqual(right.CustomBounds);
        return equal ? null : $"\n  is     {Write(left)}\n  should {Write(right)}";
    }

    public static FloatHistogram Copy(FloatHistogram histogram)
    {
        var copy = new FloatHistogram();
        copy.CopyFrom(histogram);
        return copy;
    }

    public static bool Near(double a, double b, double tolerance)
    {
        if (double.IsNaN(a) || double.IsNaN(b))
        {
            return double.IsNaN(a) && double.IsNaN(b);
        }

        return a == b || Math.Abs(a - b) <= tolerance * Math.Min(Math.Abs(a) + Math.Abs(b), double.MaxValue);
    }

    private static FloatHistogram Compacted(FloatHistogram histogram)
    {
        FloatHistogram copy = Copy(histogram);
        copy.Compact(0);
        return copy;
    }

    private static bool Near(ReadOnlySpan<double> left, ReadOnlySpan<double> right, double tolerance)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (!Near(left[i], right[i], tolerance))
            {
                return false;
            }
        }

        return true;
    }

    private static string Side(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
    {
        string layout = "";
        foreach (HistogramSpan span in spans)
        {
            layout += $"({span.Offset},{span.Length})";
        }

        return layout + Join(counts);
    }

    private static string Join(ReadOnlySpan<double> values) =>
        "[" + string.Join(' ', values.ToArray().Select(static v => v.ToString("R", CultureInfo.InvariantCulture))) + "]";

    private static Dictionary<string, string> Fields(string text)
    {
        var fields = new Dictionary<string, string>();
        string rest = text.Trim()[2..^2];
        while ((rest = rest.TrimStart()).Length > 0)
        {
            int colon = rest.IndexOf(':', StringComparison.Ordinal);
            bool list = rest[colon + 1] == '[';
            int end = list ? rest.IndexOf(']', StringComparison.Ordinal) + 1 : rest.IndexOf(' ', StringComparison.Ordinal);
            end = end < 0 ? rest.Length : end;
            fields.Add(rest[..colon], rest[(colon + 1)..end].Trim('[', ']'));
            rest = rest[end..];
        }

        return fields;
    }

    private static double[] Numbers(Dictionary<string, string> fields, string name) =>
        [.. fields.GetValueOrDefault(name, "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)];

    private static double Number(Dictionary<string, string> fields, string name) => Number(fields.GetValueOrDefault(name, "0"));

    private static double Number(string text) => text.TrimStart('+') switch
    {
        "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static HistogramSpan[] Span(double offset, double[] counts) =>
        counts.Length == 0 ? [] : [new HistogramSpan((int)offset, (uint)counts.Length)];
}
