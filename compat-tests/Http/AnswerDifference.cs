using System.Text.Json;

namespace RemoteStore.CompatTests.Http;

/// <summary>Tells how an answer differs from Prometheus'.</summary>
internal static class AnswerDifference
{
    /// <summary>The first difference, or null.</summary>
    public static string? Find(HttpCase request, HttpAnswer expected, HttpAnswer actual)
    {
        if (expected.Status != actual.Status)
        {
            return $"status {expected.Status}, ours {actual.Status}\n    {Cut(expected.Text)}\n    {Cut(actual.Text)}";
        }

        // What a router refuses or a HEAD gives has no contents whose type would matter; federation names its escaping since 3.0.0 (#14705).
        if ((expected.Json is not null || expected.Status == 204) && expected.Headers != actual.Headers)
        {
            return $"headers\n{expected.Headers}\nours\n{actual.Headers}";
        }

        if (expected.Json is { } json && actual.Json is { } ours)
        {
            return Find("", json, ours, request.ShapeOnly);
        }

        // Texts of errors are each version's own.
        return expected.Status == 200 && expected.Text != actual.Text && !request.ShapeOnly ? $"{Cut(expected.Text)}\n    ours {Cut(actual.Text)}" : null;
    }

    private static string? Find(string path, JsonElement expected, JsonElement actual, bool shapeOnly)
    {
        if (expected.ValueKind != actual.ValueKind && !(IsTruth(expected) && IsTruth(actual)))
        {
            return $"{path}: {Cut(expected.GetRawText())}, ours {Cut(actual.GetRawText())}";
        }

        return expected.ValueKind switch
        {
            JsonValueKind.Object => FindField(path, expected, actual, shapeOnly),
            JsonValueKind.Array => shapeOnly ? null : FindItem(path, expected, actual),
            JsonValueKind.String when shapeOnly || path == ".error" => null,
            _ => shapeOnly || expected.GetRawText() == actual.GetRawText() ? null : $"{path}: {Cut(expected.GetRawText())}, ours {Cut(actual.GetRawText())}",
        };
    }

    private static string? FindField(string path, JsonElement expected, JsonElement actual, bool shapeOnly)
    {
        foreach (JsonProperty field in expected.EnumerateObject())
        {
            string? difference = !actual.TryGetProperty(field.Name, out JsonElement other)
                ? $"{path}.{field.Name} is missing in ours"
                : Find($"{path}.{field.Name}", field.Value, other, shapeOnly);
            if (difference is not null)
            {
                return difference;
            }
        }

        // Warnings (2.48.0, #12152) and infos (2.54.0, #14327) are of later versions, as are some fields of status pages.
        JsonProperty[] added = [.. actual.EnumerateObject().Where(f => !expected.TryGetProperty(f.Name, out _) && f.Name is not ("warnings" or "infos"))];
        return added.Length == 0 || shapeOnly ? null : $"{path}.{added[0].Name} is in ours only: {Cut(added[0].Value.GetRawText())}";
    }

    /// <summary>Lists of series have no order of their own: both are put in the order of their text.</summary>
    private static string? FindItem(string path, JsonElement expected, JsonElement actual)
    {
        if (expected.GetArrayLength() != actual.GetArrayLength())
        {
            return $"{path}: {expected.GetArrayLength()} items, ours {actual.GetArrayLength()}: {Cut(expected.GetRawText())}, ours {Cut(actual.GetRawText())}";
        }

        foreach ((JsonElement item, JsonElement other) in Ordered(expected).Zip(Ordered(actual)))
        {
            if (Find(path + "[]", item, other, shapeOnly: false) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static IEnumerable<JsonElement> Ordered(JsonElement list) =>
        list.EnumerateArray().All(static i => i.ValueKind == JsonValueKind.Object)
            ? list.EnumerateArray().OrderBy(static i => i.GetRawText(), StringComparer.Ordinal)
            : list.EnumerateArray();

    private static bool IsTruth(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    private static string Cut(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
