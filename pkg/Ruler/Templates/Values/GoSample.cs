namespace RemoteStore.Ruler.Templates.Values;

/// <summary>Answers of queries as templates see them.</summary>
internal static class GoSample
{
    /// <summary>Type of an answer.</summary>
    public const string AnswerType = "template.queryResult";

    /// <summary>Type of a series in an answer.</summary>
    public const string SampleType = "*template.sample";

    /// <summary>One series.</summary>
    public static GoStruct Of(IEnumerable<KeyValuePair<string, string>> labels, double value) =>
        new(SampleType, IsPointer: true, [new("Labels", GoMap.OfTexts(labels)), new("Value", value)]);

    /// <summary>A label; empty when there is none.</summary>
    public static string Label(GoStruct sample, string name) => ((GoMap)sample.Fields[0].Value!).Entries.TryGetValue(name, out object? value) ? (string)value! : "";

    /// <summary>The value.</summary>
    public static double Value(GoStruct sample) => (double)sample.Fields[1].Value!;
}
