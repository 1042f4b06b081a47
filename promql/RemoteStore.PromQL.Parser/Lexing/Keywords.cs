using System.Collections.Frozen;

namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>Words with a meaning of their own; their case does not matter.</summary>
internal static class Keywords
{
    private static readonly FrozenDictionary<string, ItemKind> s_words = new Dictionary<string, ItemKind>
    {
        ["and"] = ItemKind.And,
        ["or"] = ItemKind.Or,
        ["unless"] = ItemKind.Unless,
        ["atan2"] = ItemKind.Atan2,
        ["sum"] = ItemKind.Sum,
        ["avg"] = ItemKind.Avg,
        ["count"] = ItemKind.Count,
        ["min"] = ItemKind.Min,
        ["max"] = ItemKind.Max,
        ["group"] = ItemKind.Group,
        ["stddev"] = ItemKind.StdDev,
        ["stdvar"] = ItemKind.StdVar,
        ["topk"] = ItemKind.TopK,
        ["bottomk"] = ItemKind.BottomK,
        ["count_values"] = ItemKind.CountValues,
        ["quantile"] = ItemKind.Quantile,
        ["limitk"] = ItemKind.LimitK,
        ["limit_ratio"] = ItemKind.LimitRatio,
        ["offset"] = ItemKind.Offset,
        ["smoothed"] = ItemKind.Smoothed,
        ["anchored"] = ItemKind.Anchored,
        ["by"] = ItemKind.By,
        ["without"] = ItemKind.Without,
        ["on"] = ItemKind.On,
        ["ignoring"] = ItemKind.Ignoring,
        ["group_left"] = ItemKind.GroupLeft,
        ["group_right"] = ItemKind.GroupRight,
        ["fill"] = ItemKind.Fill,
        ["fill_left"] = ItemKind.FillLeft,
        ["fill_right"] = ItemKind.FillRight,
        ["bool"] = ItemKind.Bool,
        ["start"] = ItemKind.Start,
        ["end"] = ItemKind.Finish,
        ["step"] = ItemKind.Step,
        ["range"] = ItemKind.Range,
        ["min_of"] = ItemKind.MinOf,
        ["max_of"] = ItemKind.MaxOf,
        ["inf"] = ItemKind.Number,
        ["nan"] = ItemKind.Number,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, ItemKind> s_histogramKeys = new Dictionary<string, ItemKind>
    {
        ["sum"] = ItemKind.SumKey,
        ["count"] = ItemKind.CountKey,
        ["schema"] = ItemKind.SchemaKey,
        ["offset"] = ItemKind.OffsetKey,
        ["n_offset"] = ItemKind.NegativeOffsetKey,
        ["buckets"] = ItemKind.BucketsKey,
        ["n_buckets"] = ItemKind.NegativeBucketsKey,
        ["z_bucket"] = ItemKind.ZeroBucketKey,
        ["z_bucket_w"] = ItemKind.ZeroWidthKey,
        ["custom_values"] = ItemKind.CustomValuesKey,
        ["counter_reset_hint"] = ItemKind.ResetHintKey,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, ItemKind> s_resetHints = new Dictionary<string, ItemKind>
    {
        ["unknown"] = ItemKind.UnknownReset,
        ["reset"] = ItemKind.CounterReset,
        ["not_reset"] = ItemKind.NotCounterReset,
        ["gauge"] = ItemKind.GaugeType,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The meaning of a word, or null for a plain identifier.</summary>
    public static ItemKind? Of(string word) => s_words.TryGetValue(word, out ItemKind kind) ? kind : null;

    /// <summary>The key of a histogram literal, or null.</summary>
    public static ItemKind? HistogramKey(string word) => s_histogramKeys.TryGetValue(word, out ItemKind kind) ? kind : null;

    /// <summary>The value of a counter reset hint, or null.</summary>
    public static ItemKind? ResetHint(string word) => s_resetHints.TryGetValue(word, out ItemKind kind) ? kind : null;
}
