using System.Globalization;
using System.Text.Json;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Parser.Series;
using RemoteStore.Testing;

namespace RemoteStore.PromQL.Parser.Tests.Conformance;

public sealed class SeriesTests
{
    [ConformanceFact]
    public void SeriesDescriptions_EveryCase_HaveTheirLabelsAndValues() => Tables.Run("parser/series_desc.json", static @case =>
    {
        bool parsed = SeriesDescription.TryParse(@case.GetProperty("input").GetString()!, out SeriesDescription? series, out IReadOnlyList<ParseFault>? faults);
        if (!@case.GetProperty("ok").GetBoolean())
        {
            string part = @case.TryGetProperty("error_contains", out JsonElement text) ? text.GetString()! : "";
            return parsed ? "it parses" : faults![0].ToString().Contains(part, StringComparison.Ordinal) ? null : faults[0].ToString();
        }

        if (!parsed)
        {
            return faults![0].ToString();
        }

        string wanted = string.Join(',', @case.GetProperty("labels").EnumerateObject().Select(static l => $"{l.Name}={l.Value.GetString()}").Order(StringComparer.Ordinal)) +
            " " + string.Join(' ', @case.GetProperty("values").EnumerateArray().Select(static v => v.ValueKind == JsonValueKind.Null ? "_" : Number(v)));
        string got = string.Join(',', series!.Labels.Select(static l => $"{l.Key}={l.Value}")) +
            " " + string.Join(' ', series.Values.Select(static v => v.IsOmitted ? "_" : v.Value.ToString(CultureInfo.InvariantCulture)));
        return wanted == got ? null : $"wanted {wanted}\n   got {got}";
    });

    [ConformanceFact]
    public void HistogramSeries_EveryCase_HaveTheirHistograms() => Tables.Run("parser/histogram_series.json", static @case =>
    {
        bool parsed = SeriesDescription.TryParse(@case.GetProperty("input").GetString()!, out SeriesDescription? series, out IReadOnlyList<ParseFault>? faults);
        if (!@case.GetProperty("ok").GetBoolean())
        {
            string wantedFault = @case.GetProperty("error").GetString()!;
            string gotFault = parsed ? "it parses" : faults![0].ToString();
            return wantedFault == gotFault ? null : $"wanted {wantedFault}\n   got {gotFault}";
        }

        if (!parsed)
        {
            return faults![0].ToString();
        }

        string wanted = string.Join(' ', @case.GetProperty("histograms").EnumerateArray().Select(static h => HistogramText.Print(Histogram(h))));
        string got = string.Join(' ', series!.Values.Select(static v => HistogramText.Print(v.Histogram!)));
        return wanted == got ? null : $"wanted {wanted}\n   got {got}";
    });

    [ConformanceFact]
    public void HistogramTexts_EveryCase_AreSpelt() => Tables.Run("parser/histogram_to_text.json", static @case =>
    {
        string wanted = @case.GetProperty("expected").GetString()!;
        string got = HistogramText.Print(Histogram(@case.GetProperty("histogram")));
        return wanted == got ? null : $"wanted {wanted}\n   got {got}";
    });

    private static NativeHistogram Histogram(JsonElement h) => new()
    {
        IsFloat = true,
        Schema = h.TryGetProperty("Schema", out JsonElement schema) ? schema.GetInt32() : 0,
        SumBits = BitConverter.DoubleToInt64Bits(Double(h, "Sum")),
        FloatCount = Double(h, "Count"),
        FloatZeroCount = Double(h, "ZeroCount"),
        ZeroThreshold = Double(h, "ZeroThreshold"),
        PositiveCounts = Doubles(h, "PositiveBuckets"),
        NegativeCounts = Doubles(h, "NegativeBuckets"),
        CustomValues = Doubles(h, "CustomValues"),
        PositiveSpans = Spans(h, "PositiveSpans"),
        NegativeSpans = Spans(h, "NegativeSpans"),
        CounterResetHint = !h.TryGetProperty("CounterResetHint", out JsonElement hint) ? CounterResetHint.Unknown
            : hint.GetString() == "GaugeType" ? CounterResetHint.Gauge
            : Enum.Parse<CounterResetHint>(hint.GetString()!),
    };

    private static string Number(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : value.GetDouble().ToString(CultureInfo.InvariantCulture);

    private static double Double(JsonElement h, string name) => h.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : 0;

    private static double[] Doubles(JsonElement h, string name) =>
        h.TryGetProperty(name, out JsonElement values) ? [.. values.EnumerateArray().Select(static v => v.GetDouble())] : [];

    private static HistogramSpan[] Spans(JsonElement h, string name) => h.TryGetProperty(name, out JsonElement values)
        ? [.. values.EnumerateArray().Select(static s =>
            new HistogramSpan(s.TryGetProperty("Offset", out JsonElement offset) ? offset.GetInt32() : 0, s.GetProperty("Length").GetUInt32()))]
        : [];
}
