using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lalr;
using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.PromQL.Parser.Diagnosis;

/// <summary>Rules of histogram literals: <c>{{schema:1 buckets:[1 2]}}</c>.</summary>
internal static class HistogramRules
{
    public static void Add(GrammarBuilder grammar)
    {
        grammar.Add("histogram", "OpenHistogram fields Space CloseHistogram", static (_, v) => Build((Dictionary<ItemKind, object>)v[1]!));
        grammar.Add("histogram", "OpenHistogram fields CloseHistogram", static (_, v) => Build((Dictionary<ItemKind, object>)v[1]!));
        grammar.Add("histogram", "OpenHistogram Space CloseHistogram", static (_, _) => Build([]));
        grammar.Add("histogram", "OpenHistogram CloseHistogram", static (_, _) => Build([]));
        grammar.Add("fields", "fields Space field", static (c, v) => Merge(c, (Dictionary<ItemKind, object>)v[0]!, (Field)v[2]!));
        grammar.Add("fields", "field", static (c, v) => Merge(c, [], (Field)v[0]!));
        ExpressionRules.Recover(grammar, "fields", "fields Recovery", "histogram description", "histogram description key, e.g. buckets:[5 10 7]");
        foreach ((string key, string value) in (ReadOnlySpan<(string, string)>)
        [
            ("SchemaKey", "integer"), ("SumKey", "signedorunsigned"), ("CountKey", "signedorunsigned"), ("ZeroBucketKey", "signedorunsigned"),
            ("ZeroWidthKey", "number"), ("CustomValuesKey", "buckets"), ("BucketsKey", "buckets"), ("OffsetKey", "integer"), ("NegativeBucketsKey", "buckets"),
            ("NegativeOffsetKey", "integer"), ("ResetHintKey", "resethint"),
        ])
        {
            grammar.Add("field", $"{key} Colon {value}", static (_, v) => new Field((Item)v[0]!, v[2]!));
        }

        grammar.Add("buckets", "LeftBracket bucketlist Space RightBracket", static (_, v) => v[1]);
        grammar.Add("buckets", "LeftBracket bucketlist RightBracket", static (_, v) => v[1]);
        grammar.Add("bucketlist", "bucketlist Space signedorunsigned", static (_, v) => ExpressionRules.Append((List<double>)v[0]!, (double)v[2]!));
        grammar.Add("bucketlist", "signedorunsigned", static (_, v) => new List<double> { (double)v[0]! });
        grammar.Add("bucketlist", "bucketlist Recovery", static (c, v) =>
        {
            c.Unexpected("histogram description", "number or \"]\"");
            return v[0];
        });
        grammar.Tokens("resethint", ItemKind.UnknownReset, ItemKind.CounterReset, ItemKind.NotCounterReset, ItemKind.GaugeType);
    }

    private static Dictionary<ItemKind, object> Merge(ParseContext context, Dictionary<ItemKind, object> fields, Field field)
    {
        if (!fields.TryAdd(field.Key.Kind, field.Value))
        {
            context.Fault(default, $"duplicate key \"{field.Key.Text}\" in histogram");
        }

        return fields;
    }

    private static NativeHistogram Build(Dictionary<ItemKind, object> fields)
    {
        double Number(ItemKind key) => fields.TryGetValue(key, out object? value) ? (double)value : 0;
        int Integer(ItemKind key) => fields.TryGetValue(key, out object? value) ? (int)Math.Clamp((long)value, int.MinValue, int.MaxValue) : 0;
        double[] List(ItemKind key) => fields.TryGetValue(key, out object? value) ? [.. (List<double>)value] : [];
        double[] positive = List(ItemKind.BucketsKey);
        double[] negative = List(ItemKind.NegativeBucketsKey);
        return new NativeHistogram
        {
            IsFloat = true,
            Schema = Integer(ItemKind.SchemaKey),
            SumBits = BitConverter.DoubleToInt64Bits(Number(ItemKind.SumKey)),
            FloatCount = Number(ItemKind.CountKey),
            FloatZeroCount = Number(ItemKind.ZeroBucketKey),
            ZeroThreshold = Number(ItemKind.ZeroWidthKey),
            CustomValues = List(ItemKind.CustomValuesKey),
            PositiveCounts = positive,
            PositiveSpans = Spans(Integer(ItemKind.OffsetKey), positive),
            NegativeCounts = negative,
            NegativeSpans = Spans(Integer(ItemKind.NegativeOffsetKey), negative),
            CounterResetHint = fields.TryGetValue(ItemKind.ResetHintKey, out object? hint) ? Hint(((Item)hint).Kind) : CounterResetHint.Unknown,
        };
    }

    private static HistogramSpan[] Spans(int offset, double[] counts) => counts.Length == 0 ? [] : [new HistogramSpan(offset, (uint)counts.Length)];

    private static CounterResetHint Hint(ItemKind kind) => kind switch
    {
        ItemKind.CounterReset => CounterResetHint.CounterReset,
        ItemKind.NotCounterReset => CounterResetHint.NotCounterReset,
        ItemKind.GaugeType => CounterResetHint.Gauge,
        _ => CounterResetHint.Unknown,
    };

    private sealed record Field(Item Key, object Value);
}
