using RemoteStore.Model;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Annotations;

/// <summary>The texts of warnings and infos, in Prometheus' words.</summary>
internal static class AnnotationText
{
    public const string MixedClassicNative = "vector contains a mix of classic and native histograms";

    public const string ForcedMonotonicity =
        "input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";

    public const string QuantileNaNResult = "input to histogram_quantile has NaN observations, result is NaN";

    public const string QuantileNaNSkew = "input to histogram_quantile has NaN observations, result is skewed higher";

    public const string FractionNaNs = "input to histogram_fraction has NaN observations, which are excluded from all fractions";

    public const string MixedInAggregation = "encountered a mix of histograms and floats for aggregation";

    public const string SortIneffective = "sort is ineffective for range queries since results are always ordered by labels";

    public const string Addition = "addition";

    public const string Subtraction = "subtraction";

    public const string Aggregation = "aggregation";

    public static string InvalidQuantile(double quantile) => $"quantile value should be between 0 and 1, got {GoFloat.Shortest(quantile)}";

    public static string InvalidRatio(double ratio, double cap) =>
        $"ratio value should be between -1 and 1, got {GoFloat.Shortest(ratio)}, capping to {GoFloat.Shortest(cap)}";

    public static string BadBucketLabel(string metricName, string label) =>
        WithMetricName($"bucket label \"le\" is missing or has a malformed value of {GoText.Quote(label)}", metricName);

    public static string MixedFloatsHistograms(string metricName) => $"encountered a mix of histograms and floats for metric name {GoText.Quote(metricName)}";

    public static string NotCounter(string metricName) => $"this native histogram metric is not a counter: {GoText.Quote(metricName)}";

    public static string NotGauge(string metricName) => $"this native histogram metric is not a gauge: {GoText.Quote(metricName)}";

    public static string MixedExponentialCustom(string metricName) =>
        $"vector contains a mix of histograms with exponential and custom buckets schemas for metric name {GoText.Quote(metricName)}";

    public static string IncompatibleBucketLayout(string op) => $"incompatible bucket layout encountered for binary operator {op}";

    public static string PossibleNonCounter(string metricName) =>
        $"metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {GoText.Quote(metricName)}";

    public static string PossibleNonCounterType(string metricName, string type) =>
        $"metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got {GoText.Quote(type)}: {GoText.Quote(metricName)}";

    public static string IncompatibleTypes(string left, string op, string right) =>
        $"incompatible sample types encountered for binary operator {GoText.Quote(op)}: {left} {op} {right}";

    public static string IgnoredInAggregation(string aggregation) => $"ignored histogram in {aggregation} aggregation";

    public static string IgnoredInMixedRange(string metricName) =>
        $"ignored histograms in a range containing both floats and histograms for metric name {GoText.Quote(metricName)}";

    public static string CounterResetCollision(string operation) => $"conflicting counter resets during histogram {operation}";

    public static string ReconciledBounds(string operation) => $"mismatched custom buckets were reconciled during {operation}";

    public const string WidenedToWindows = "range widened to whole windows";

    public const string EstimatedFromWindows = "values estimated";

    public const string LatestOfWindows = "latest samples not known, earlier ones taken";

    /// <summary>What downsampled data did to a selector.</summary>
    public static string OfWindows(string what, string selector, long resolutionMs) =>
        $"{what}, as {GoText.Quote(selector)} has data downsampled to {PrometheusDuration.Format(TimeSpan.FromMilliseconds(resolutionMs))}";

    public static string WithMetricName(string text, string metricName) =>
        metricName.Length == 0 ? text : $"{text} for metric name {GoText.Quote(metricName)}";
}
