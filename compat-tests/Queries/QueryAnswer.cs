using System.Globalization;
using System.Text.Json;

namespace RemoteStore.CompatTests.Queries;

/// <summary>What a server answered to a query.</summary>
/// <param name="Error">Kind and text of the error; null when there is an answer.</param>
/// <param name="Type">Kind of the answer.</param>
/// <param name="Series">Its series in the order given; a scalar is one without labels.</param>
internal sealed record QueryAnswer(string? Error, string Type, IReadOnlyList<AnswerSeries> Series)
{
    /// <summary>Reads the JSON of an answer.</summary>
    public static QueryAnswer Read(JsonElement body)
    {
        if (body.GetProperty("status").GetString() != "success")
        {
            return new QueryAnswer($"{body.GetProperty("errorType").GetString()}: {body.GetProperty("error").GetString()}", "", []);
        }

        JsonElement data = body.GetProperty("data");
        string type = data.GetProperty("resultType").GetString()!;
        JsonElement result = data.GetProperty("result");
        return new QueryAnswer(
            null,
            type,
            type is "scalar" or "string" ? [new AnswerSeries("", [Point(result)])] : [.. result.EnumerateArray().Select(ReadSeries)]);
    }

    /// <summary>The same without metric names.</summary>
    public QueryAnswer WithoutNames() => this with { Series = [.. Series.Select(static s => s with { Labels = Unnamed(s.Labels) })] };

    private static string Unnamed(string labels) =>
        !labels.StartsWith("__name__=", StringComparison.Ordinal) ? labels : labels.Contains(',') ? labels[(labels.IndexOf(',') + 1)..] : "";

    private static AnswerSeries ReadSeries(JsonElement series)
    {
        string labels = string.Join(',', series.GetProperty("metric").EnumerateObject()
            .OrderBy(static l => l.Name, StringComparer.Ordinal).Select(static l => $"{l.Name}=\"{l.Value.GetString()}\""));
        return new AnswerSeries(
            labels,
            series.TryGetProperty("value", out JsonElement value) ? [Point(value)] : [.. series.GetProperty("values").EnumerateArray().Select(Point)]);
    }

    private static (decimal Time, double Value) Point(JsonElement point) => (point[0].GetDecimal(), Number(point[1].GetString()!));

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
