using System.Text.Json;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Series;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Tables of the language of series: values, histogram literals and their spelling.</summary>
internal static class SeriesTables
{
    public static IReadOnlyList<CaseTable> All { get; } =
    [
        CaseTable.Of("series_desc", ["values", "error_contains"], Description),
        CaseTable.Of("histogram_series", ["histograms"], Histograms),
        CaseTable.Of("histogram_to_text", ["histogram"], static @case => CaseDifference.Between(
            @case.Text("expected"), HistogramText.Print(@case.GetProperty("histogram").NativeHistogram()))),
    ];

    private static CaseDifference? Description(JsonElement @case)
    {
        bool parsed = SeriesDescription.TryParse(@case.Text("input"), out SeriesDescription? series, out IReadOnlyList<ParseFault>? faults);
        if (!@case.GetProperty("ok").GetBoolean())
        {
            string part = @case.TryGetProperty("error_contains", out JsonElement text) ? text.GetString()! : "";
            return CaseDifference.Unless(!parsed && faults![0].ToString().Contains(part, StringComparison.Ordinal), $"a fault with \"{part}\"", Spell(series, faults));
        }

        var labels = @case.GetProperty("labels").EnumerateObject().Select(static l => new KeyValuePair<string, string>(l.Name, l.Value.GetString()!));
        string values = string.Join(' ', @case.GetProperty("values").EnumerateArray().Select(
            static v => v.ValueKind == JsonValueKind.Null ? "_" : v.ValueKind == JsonValueKind.Object ? HistogramText.Print(v.NativeHistogram()) : JsonFields.Spell(v.Number())));
        return CaseDifference.Between($"{JsonFields.Spell(labels)} {values}", Spell(series, faults));
    }

    private static CaseDifference? Histograms(JsonElement @case)
    {
        bool parsed = SeriesDescription.TryParse(@case.Text("input"), out SeriesDescription? series, out IReadOnlyList<ParseFault>? faults);
        string actual = parsed ? string.Join(' ', series!.Values.Select(Spell)) : faults![0].ToString();
        return CaseDifference.Between(
            @case.GetProperty("ok").GetBoolean()
                ? string.Join(' ', @case.GetProperty("histograms").EnumerateArray().Select(static h => HistogramText.Print(h.NativeHistogram())))
                : @case.Text("error"),
            actual);
    }

    private static string Spell(SeriesDescription? series, IReadOnlyList<ParseFault>? faults) =>
        series is null ? faults![0].ToString() : $"{JsonFields.Spell(series.Labels)} {string.Join(' ', series.Values.Select(Spell))}";

    private static string Spell(SeriesValue value) =>
        value.IsOmitted ? "_" : value.Histogram is { } histogram ? HistogramText.Print(histogram) : JsonFields.Spell(value.Value);
}
