using System.Globalization;
using System.Text.Json;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Series;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Results of queries as tables write them: <c>{"type":"vector","result":[{"metric","t","value"}]}</c>.</summary>
internal static class ExpectedResult
{
    /// <summary>Null when a result is what is expected: the same type, series and times, values by the float rule of scripts.</summary>
    public static CaseDifference? Compare(JsonElement expected, QueryResult result)
    {
        bool matches = TypeName(result) == expected.Text("type") && expected.Text("type") switch
        {
            "scalar" => result.TimeMs == expected.GetProperty("t").GetInt64() && EvalCheck.AreClose(expected.Number("value"), result.Series[0].Values.Span[0]),
            "string" => result.Text == expected.Text("value"),
            _ => SameSeries(expected.GetProperty("result"), result.Series),
        };
        return CaseDifference.Unless(matches, Spell(expected), Spell(result));
    }

    /// <summary>An expected result in one line.</summary>
    public static string Spell(JsonElement expected) => expected.Text("type") is "scalar" or "string"
        ? $"{expected.Text("type")} {expected.GetProperty("value")}"
        : $"{expected.Text("type")} " + string.Join(", ", expected.GetProperty("result").EnumerateArray()
            .Select(static series => $"{series.GetProperty("metric").Labels()} {string.Join(' ', Points(series).Select(static p => Spell(p.Value, p.TimeMs)))}")
            .Order(StringComparer.Ordinal));

    /// <summary>A result in one line.</summary>
    public static string Spell(QueryResult result) => $"{TypeName(result)} {result.Text}" + string.Join(", ", result.Series
        .Select(static one => $"{one.Labels} {string.Join(' ', Enumerable.Range(0, one.Times.Length).Select(i => Spell(one, i)))}").Order(StringComparer.Ordinal));

    private static string TypeName(QueryResult result) => result.Type == ExprType.Matrix || (result.Series.Count > 0 && result.Series[0].Times.Length > 1)
        ? ExprType.Matrix.Name() : result.Type.Name();

    private static bool SameSeries(JsonElement expected, IReadOnlyList<ResultSeries> actual)
    {
        var byLabels = new Dictionary<LabelSet, ResultSeries>();
        foreach (ResultSeries series in actual)
        {
            if (!byLabels.TryAdd(series.Labels, series))
            {
                return false;
            }
        }

        return expected.GetArrayLength() == byLabels.Count && expected.EnumerateArray().All(
            series => byLabels.TryGetValue(series.GetProperty("metric").Labels(), out ResultSeries? one) && SamePoints([.. Points(series)], one));
    }

    private static bool SamePoints((long TimeMs, JsonElement Value)[] expected, ResultSeries actual)
    {
        if (expected.Length != actual.Times.Length)
        {
            return false;
        }

        for (int i = 0; i < expected.Length; i++)
        {
            bool same = expected[i].Value.ValueKind == JsonValueKind.Object
                ? actual.Histograms?[i] is { } histogram && EvalCheck.HistogramsMatch(expected[i].Value.Histogram(), histogram)
                : actual.Histograms?[i] is null && EvalCheck.AreClose(expected[i].Value.Number(), actual.Values.Span[i]);
            if (!same || expected[i].TimeMs != actual.Times.Span[i])
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<(long TimeMs, JsonElement Value)> Points(JsonElement series) => series.TryGetProperty("values", out JsonElement values)
        ? values.EnumerateArray().Select(static pair => (pair[0].GetInt64(), pair[1]))
        : [(series.GetProperty("t").GetInt64(), series.GetProperty("value"))];

    private static string Spell(JsonElement value, long timeMs) => string.Create(
        CultureInfo.InvariantCulture, $"{(value.ValueKind == JsonValueKind.Object ? HistogramText.Print(value.NativeHistogram()) : JsonFields.Spell(value.Number()))}@{timeMs}");

    private static string Spell(ResultSeries series, int point) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(series.Histograms?[point] is { } histogram ? HistogramText.Print(histogram.ToNative()) : JsonFields.Spell(series.Values.Span[point]))}@{series.Times.Span[point]}");
}
