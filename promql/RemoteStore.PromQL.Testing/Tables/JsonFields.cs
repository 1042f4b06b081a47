using System.Globalization;
using System.Text;
using System.Text.Json;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Members of cases: numbers that JSON cannot hold are texts, histograms have the members of Prometheus' type.</summary>
internal static class JsonFields
{
    /// <summary>A text.</summary>
    public static string Text(this JsonElement @case, string name) => @case.GetProperty(name).GetString() ?? throw new InvalidDataException($"{name} is null");

    /// <summary>A text as bytes; what is not UTF-8 stands in a member with the suffix <c>_base64</c>.</summary>
    public static byte[] Bytes(this JsonElement @case, string name) =>
        @case.TryGetProperty(name + "_base64", out JsonElement base64) ? base64.GetBytesFromBase64() : Encoding.UTF8.GetBytes(@case.Text(name));

    /// <summary>True when the member is there and true.</summary>
    public static bool Flag(this JsonElement @case, string name) => @case.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    /// <summary>A number, or the text of one.</summary>
    public static double Number(this JsonElement value) => value.ValueKind != JsonValueKind.String ? value.GetDouble() : value.GetString() switch
    {
        "+Inf" or "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        string text => double.Parse(text, CultureInfo.InvariantCulture),
        null => throw new InvalidDataException("a number is null"),
    };

    /// <summary>A number; 0 when it is absent.</summary>
    public static double Number(this JsonElement @case, string name) => @case.TryGetProperty(name, out JsonElement value) ? value.Number() : 0;

    /// <summary>Numbers; none when they are absent.</summary>
    public static double[] Numbers(this JsonElement @case, string name) =>
        @case.TryGetProperty(name, out JsonElement values) && values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray().Select(Number)] : [];

    /// <summary>An object of texts as labels.</summary>
    public static LabelSet Labels(this JsonElement labels) =>
        LabelSet.FromPairs(labels.EnumerateObject().Select(static pair => new KeyValuePair<string, string>(pair.Name, pair.Value.GetString()!)));

    /// <summary>A histogram with absolute counts.</summary>
    public static FloatHistogram Histogram(this JsonElement json)
    {
        var histogram = new FloatHistogram();
        histogram.CopyFrom(json.NativeHistogram());
        return histogram;
    }

    /// <summary>A histogram with absolute counts.</summary>
    public static NativeHistogram NativeHistogram(this JsonElement json) => new()
    {
        IsFloat = true,
        Schema = (int)json.Number("Schema"),
        CounterResetHint = json.Hint(),
        ZeroThreshold = json.Number("ZeroThreshold"),
        FloatCount = json.Number("Count"),
        FloatZeroCount = json.Number("ZeroCount"),
        SumBits = BitConverter.DoubleToInt64Bits(json.Number("Sum")),
        PositiveSpans = json.Spans("PositiveSpans"),
        NegativeSpans = json.Spans("NegativeSpans"),
        PositiveCounts = json.Numbers("PositiveBuckets"),
        NegativeCounts = json.Numbers("NegativeBuckets"),
        CustomValues = json.Numbers("CustomValues"),
    };

    /// <summary>A histogram whose bucket counts are given as differences to the bucket before.</summary>
    public static NativeHistogram IntegerHistogram(this JsonElement json) => new()
    {
        Schema = (int)json.Number("Schema"),
        CounterResetHint = json.Hint(),
        ZeroThreshold = json.Number("ZeroThreshold"),
        IntegerCount = (ulong)json.Number("Count"),
        IntegerZeroCount = (ulong)json.Number("ZeroCount"),
        SumBits = BitConverter.DoubleToInt64Bits(json.Number("Sum")),
        PositiveSpans = json.Spans("PositiveSpans"),
        NegativeSpans = json.Spans("NegativeSpans"),
        PositiveDeltas = [.. json.Numbers("PositiveBuckets").Select(static v => (long)v)],
        NegativeDeltas = [.. json.Numbers("NegativeBuckets").Select(static v => (long)v)],
        CustomValues = json.Numbers("CustomValues"),
    };

    /// <summary>The spans of one side.</summary>
    public static HistogramSpan[] Spans(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement spans) && spans.ValueKind == JsonValueKind.Array
            ? [.. spans.EnumerateArray().Select(static span => new HistogramSpan((int)span.Number("Offset"), (uint)span.Number("Length")))]
            : [];

    /// <summary>Labels in the order of their names, for comparison.</summary>
    public static string Spell(IEnumerable<KeyValuePair<string, string>> labels) =>
        $"{{{string.Join(", ", labels.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}=\"{pair.Value}\""))}}}";

    /// <summary>A number as queries print it.</summary>
    public static string Spell(double value) => double.IsInfinity(value) ? (value > 0 ? "+Inf" : "-Inf") : value.ToString("R", CultureInfo.InvariantCulture);

    private static CounterResetHint Hint(this JsonElement json) => !json.TryGetProperty("CounterResetHint", out JsonElement hint) ? CounterResetHint.Unknown
        : hint.ValueKind == JsonValueKind.Number ? (CounterResetHint)hint.GetInt32()
        : hint.GetString() switch
        {
            "UnknownCounterReset" or "unknown" => CounterResetHint.Unknown,
            "CounterReset" or "reset" => CounterResetHint.CounterReset,
            "NotCounterReset" or "not_reset" => CounterResetHint.NotCounterReset,
            "GaugeType" or "gauge" => CounterResetHint.Gauge,
            string other => throw new InvalidDataException($"counter reset hint {other}"),
            null => CounterResetHint.Unknown,
        };
}
