using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lalr;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Series;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Diagnosis;

/// <summary>Rules of labels and of the series of test scripts.</summary>
internal static class SeriesRules
{
    public static void Add(GrammarBuilder grammar)
    {
        AddLabels(grammar);
        AddValues(grammar);
        HistogramRules.Add(grammar);
    }

    /// <summary>Rules of literals, which come late in the order.</summary>
    public static void AddNumbers(GrammarBuilder grammar)
    {
        grammar.Add("literal", "Number", static (c, v) => Literals.NumberOrDuration(c, (Item)v[0]!));
        grammar.Add("literal", "Duration", static (c, v) => Literals.NumberOrDuration(c, (Item)v[0]!));
        grammar.Add("number", "Number", static (c, v) => Literals.Seconds(c, (Item)v[0]!));
        grammar.Add("number", "Duration", static (c, v) => Literals.Seconds(c, (Item)v[0]!));
        grammar.Add("signed", "Add number", static (_, v) => v[1]);
        grammar.Add("signed", "Subtract number", static (_, v) => -(double)v[1]!);
        grammar.Add("signedorunsigned", "number", null);
        grammar.Add("signedorunsigned", "signed", null);
        grammar.Add("count", "Number", static (c, v) => Literals.Count(c, (Item)v[0]!));
        grammar.Add("integer", "Subtract count", static (_, v) => -(long)(ulong)v[1]!);
        grammar.Add("integer", "count", static (_, v) => (long)(ulong)v[0]!);
        grammar.Add("text", "String", static (c, v) => new StringLiteral(Literals.Bytes(c, (Item)v[0]!), ((Item)v[0]!).Position));
        grammar.Add("quotedname", "String", static (c, v) => new QuotedName((Item)v[0]!, Literals.Text(c, (Item)v[0]!)));
        grammar.Add("maybelabels", "", null);
        grammar.Add("maybelabels", "labels", null);
    }

    private static void AddLabels(GrammarBuilder grammar)
    {
        grammar.Add("metric", "metricname labelset", static (_, v) => Labels((List<KeyValuePair<string, string>>)v[1]!, ((Item)v[0]!).Text));
        grammar.Add("metric", "labelset", static (_, v) => Labels((List<KeyValuePair<string, string>>)v[0]!, null));
        grammar.Tokens("metricname", [.. WordKinds.Metrics]);
        grammar.Add("labelset", "LeftBrace labelsetlist RightBrace", static (_, v) => v[1]);
        grammar.Add("labelset", "LeftBrace labelsetlist Comma RightBrace", static (_, v) => v[1]);
        grammar.Add("labelset", "LeftBrace RightBrace", static (_, _) => new List<KeyValuePair<string, string>>());
        grammar.Add("labelset", "", static (_, _) => new List<KeyValuePair<string, string>>());
        grammar.Add("labelsetlist", "labelsetlist Comma labelsetitem", static (_, v) =>
            ExpressionRules.Append((List<KeyValuePair<string, string>>)v[0]!, (KeyValuePair<string, string>)v[2]!));
        grammar.Add("labelsetlist", "labelsetitem", static (_, v) => new List<KeyValuePair<string, string>> { (KeyValuePair<string, string>)v[0]! });
        ExpressionRules.Recover(grammar, "labelsetlist", "labelsetlist Recovery", "label set", "\",\" or \"}\"");
        grammar.Add("labelsetitem", "Identifier Assign String", static (c, v) => KeyValuePair.Create(((Item)v[0]!).Text, Literals.Text(c, (Item)v[2]!)));
        grammar.Add("labelsetitem", "quotedname Assign String", static (c, v) => KeyValuePair.Create(((QuotedName)v[0]!).Text, Literals.Text(c, (Item)v[2]!)));
        grammar.Add("labelsetitem", "quotedname", static (_, v) => KeyValuePair.Create(LabelSet.MetricName, ((QuotedName)v[0]!).Text));
        RecoverLabel(grammar, "Identifier Assign Recovery", "string");
        RecoverLabel(grammar, "quotedname Assign Recovery", "string");
        RecoverLabel(grammar, "Identifier Recovery", "\"=\"");
        RecoverLabel(grammar, "Recovery", "identifier or \"}\"");
    }

    private static void RecoverLabel(GrammarBuilder grammar, string right, string expected) => grammar.Add("labelsetitem", right, (c, _) =>
    {
        c.Unexpected("label set", expected);
        return KeyValuePair.Create("", "");
    });

    /// <summary>Labels in the order of their names; of two with the same name the later one counts, and the name before the braces before all.</summary>
    private static List<KeyValuePair<string, string>> Labels(List<KeyValuePair<string, string>> written, string? name)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string label, string value) in written)
        {
            labels[label] = value;
        }

        if (name is not null)
        {
            labels[LabelSet.MetricName] = name;
        }

        return [.. labels.Where(static l => l.Value.Length > 0)];
    }

    private static void AddValues(GrammarBuilder grammar)
    {
        grammar.Add("series", "metric values", static (c, v) =>
            c.Result = new SeriesDescription((List<KeyValuePair<string, string>>)v[0]!, (List<SeriesValue>?)v[1] ?? []));
        grammar.Add("values", "", static (_, _) => new List<SeriesValue>());
        grammar.Add("values", "values Space value", static (c, v) => Join(c, (List<SeriesValue>?)v[0], (List<SeriesValue>)v[2]!));
        grammar.Add("values", "values Space", null);
        ExpressionRules.Recover(grammar, "values", "Recovery", "series values", "", keep: false);
        grammar.Add("value", "Blank", static (_, _) => new List<SeriesValue> { SeriesValue.Omitted });
        grammar.Add("value", "Blank Times count", static (c, v) => Repeat(c, (ulong)v[2]!, static (_, _) => SeriesValue.Omitted));
        grammar.Add("value", "plainvalue", static (_, v) => new List<SeriesValue> { SeriesValue.Of((double)v[0]!) });
        grammar.Add("value", "plainvalue Times count", static (c, v) =>
        {
            double value = (double)v[0]!;
            return Repeat(c, OneMore((ulong)v[2]!), (_, _) => SeriesValue.Of(value));
        });
        grammar.Add("value", "plainvalue signed Times count", static (c, v) =>
        {
            (double first, double step) = ((double)v[0]!, (double)v[1]!);
            return Repeat(c, OneMore((ulong)v[3]!), (i, before) => SeriesValue.Of(i == 0 ? first : before.Value + step));
        });
        grammar.Add("value", "histogram", static (_, v) => new List<SeriesValue> { SeriesValue.Of((NativeHistogram)v[0]!) });
        grammar.Add("value", "histogram Times count", static (c, v) =>
        {
            var value = (NativeHistogram)v[0]!;
            return Repeat(c, OneMore((ulong)v[2]!), (_, _) => SeriesValue.Of(value));
        });
        grammar.Add("value", "histogram Add histogram Times count", static (c, v) => Combine(c, v, +1));
        grammar.Add("value", "histogram Subtract histogram Times count", static (c, v) => Combine(c, v, -1));
        grammar.Add("plainvalue", "Identifier", static (c, v) =>
        {
            if (((Item)v[0]!).Text != "stale")
            {
                c.Unexpected("series values", "number or \"stale\"");
            }

            return BitConverter.Int64BitsToDouble(SampleBits.StaleMarker);
        });
        grammar.Add("plainvalue", "number", null);
        grammar.Add("plainvalue", "signed", null);
    }

    private static ulong OneMore(ulong count) => count == ulong.MaxValue ? count : count + 1;

    private static List<SeriesValue> Join(ParseContext context, List<SeriesValue>? values, List<SeriesValue> more)
    {
        List<SeriesValue> all = values ?? [];
        if (all.Count + more.Count > SeriesDescription.MaxValues)
        {
            TooMany(context);
            return all;
        }

        all.AddRange(more);
        return all;
    }

    private static List<SeriesValue> Repeat(ParseContext context, ulong count, Func<int, SeriesValue, SeriesValue> next)
    {
        if (count > SeriesDescription.MaxValues)
        {
            TooMany(context);
            return [];
        }

        var values = new List<SeriesValue>((int)count);
        SeriesValue value = default;
        for (int i = 0; i < (int)count; i++)
        {
            value = next(i, value);
            values.Add(value);
        }

        return values;
    }

    private static void TooMany(ParseContext context) => context.Fault(context.Current.Position, $"more than {SeriesDescription.MaxValues} values");

    private static List<SeriesValue> Combine(ParseContext context, ReadOnlySpan<object?> v, int sign)
    {
        (var first, var step) = ((NativeHistogram)v[0]!, (NativeHistogram)v[2]!);
        string? fault = null;
        List<SeriesValue> values = Repeat(context, OneMore((ulong)v[4]!), (i, before) =>
        {
            if (i == 0 || fault is not null)
            {
                return SeriesValue.Of(first);
            }

            NativeHistogram running = before.Histogram!;
            fault = running.Schema > step.Schema ? $"cannot merge from schema {step.Schema} to {running.Schema}" : null;
            return SeriesValue.Of(fault is null && HistogramSum.TryAdd(running, step, sign, out NativeHistogram? sum, out fault) ? sum : running);
        });
        if (fault is not null)
        {
            context.Fault(context.Current.Position, $"error combining histograms: {fault}");
        }

        return values;
    }
}
