using System.Globalization;
using System.Text.Json;
using RemoteStore.Ruler.Templates;
using RemoteStore.Ruler.Templates.Values;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Templates;

public sealed class TemplateConformanceTests
{
    private const string Table = "templates/templates.json";

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (JsonElement one in ConformanceData.Folder is null ? [] : ConformanceData.Cases(Table))
            {
                cases.Add(one.GetProperty("text").GetString()!, one.GetRawText());
            }

            return cases;
        }
    }

    [ConformanceTheory]
    [MemberData(nameof(Cases))]
    public async Task Expand_TextOfTheTable_GivesTheOutputOrErrorThere(string text, string json)
    {
        using var document = JsonDocument.Parse(json);
        JsonElement one = document.RootElement;
        (string? output, string? error) = await ExpandAsync(text, one);
        if (one.GetProperty("ok").GetBoolean())
        {
            error.ShouldBeNull();
            output.ShouldBe(one.GetProperty("output").GetString());
        }
        else
        {
            error.ShouldBe(one.GetProperty("prometheus_error").GetString());
        }
    }

    private static async Task<(string? Output, string? Error)> ExpandAsync(string text, JsonElement one)
    {
        if (!GoTemplate.TryParse("test", text, out GoTemplate? template, out string? fault))
        {
            return (null, $"error parsing template test: {fault}");
        }

        JsonDocument table = JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf(Table)));
        bool isStrict = one.TryGetProperty("options", out JsonElement options) && options.EnumerateArray().Any(static option => option.GetString() == "missingkey=error");
        var context = new TemplateContext(
            table.RootElement.GetProperty("now_ms").GetInt64(),
            table.RootElement.GetProperty("external_url").GetString()!,
            (_, _) => ValueTask.FromResult(Answer(one)))
        {
            Html = one.TryGetProperty("html", out JsonElement html) && html.GetBoolean(),
            MissingKey = isStrict ? MissingKey.Error : MissingKey.Zero,
        };
        object? data = one.TryGetProperty("input", out JsonElement input) ? Input(input, one.GetProperty("input_type").GetString()!) : null;
        (string? output, fault) = await template.ExpandAsync(data, context, CancellationToken.None);
        return (output, fault is null ? null : $"error executing template test: {fault}");
    }

    private static GoList Answer(JsonElement one) => new(
        [.. one.GetProperty("query_result").EnumerateArray().Select(static series => (object?)GoSample.Of(
            series.GetProperty("metric").EnumerateObject().Select(static label => KeyValuePair.Create(label.Name, label.Value.GetString()!)),
            series.GetProperty("value").GetDouble()))],
        GoSample.AnswerType);

    private static GoList Input(JsonElement input, string type) => new(
        [.. input.EnumerateArray().Select(item => type switch
        {
            "[]float64" => item.ValueKind == JsonValueKind.String
                ? item.GetString() switch
                {
                    "+Inf" => double.PositiveInfinity,
                    "-Inf" => double.NegativeInfinity,
                    _ => double.NaN,
                }
                : item.GetDouble(),
            "[]uint64" => ulong.Parse(item.ToString(), CultureInfo.InvariantCulture),
            _ => (object?)long.Parse(item.ToString(), CultureInfo.InvariantCulture),
        })],
        type);
}
