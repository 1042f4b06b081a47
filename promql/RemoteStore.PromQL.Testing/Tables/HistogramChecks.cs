using System.Globalization;
using System.Text.Json;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Tables of judgements on histograms: counter resets, validity, quantiles of classic buckets.</summary>
internal static class HistogramChecks
{
    private const double QuantileTolerance = 1e-12;

    /// <summary>The words of each error by which it is told from the others.</summary>
    private static readonly (string Words, HistogramFault Fault)[] s_faults =
    [
        ("should equal the number of observations", HistogramFault.CountMismatch),
        ("should be at least", HistogramFault.CountTooSmall),
        ("spans specify different number", HistogramFault.SpansBucketsMismatch),
        ("span whose offset is negative", HistogramFault.NegativeSpanOffset),
        ("bucket whose observation count is negative", HistogramFault.NegativeBucketCount),
        ("observation count is negative", HistogramFault.NegativeCount),
        ("strictly increasing", HistogramFault.CustomBoundsNotAscending),
        ("must be finite", HistogramFault.CustomBoundsInfinite),
        ("must not be NaN", HistogramFault.CustomBoundsNaN),
        ("bounds are too few", HistogramFault.CustomBoundsTooFew),
        ("must have zero", HistogramFault.CustomBucketsWithZeroBucket),
        ("must not have negative", HistogramFault.CustomBucketsWithNegativeBuckets),
        ("must not have custom bounds", HistogramFault.ExponentialSchemaWithCustomBounds),
        ("schema", HistogramFault.InvalidSchema),
    ];

    public static IReadOnlyList<CaseTable> All { get; } =
    [
        CaseTable.Of("detect_reset", ["resetExpected"], static @case => CaseDifference.Between(
            Reset(@case.GetProperty("resetExpected").GetBoolean()),
            Reset(@case.GetProperty("current").Histogram().DetectReset(@case.GetProperty("previous").Histogram())))),
        CaseTable.Of("bucket_quantile", ["quantiles"], Quantile),
        CaseTable.Of("validate", ["ok"], Validate),
    ];

    private static string Reset(bool isReset) => isReset ? "a reset" : "no reset";

    private static CaseDifference? Quantile(JsonElement @case)
    {
        foreach (JsonElement pair in @case.GetProperty("quantiles").EnumerateArray())
        {
            ClassicBucket[] buckets = [.. @case.GetProperty("buckets").EnumerateArray().Select(static b => new ClassicBucket(b[0].Number(), b[1].Number()))];
            double actual = ClassicBuckets.Quantile(pair[0].Number(), buckets, out MonotonicityReport report);
            double expected = pair[1].Number();
            bool near = actual.Equals(expected) || Math.Abs(actual - expected) <= QuantileTolerance * Math.Min(Math.Abs(actual) + Math.Abs(expected), double.MaxValue);
            if (!near || report.Forced != @case.Flag("forced") || report.Fixed != @case.Flag("fixed"))
            {
                return new CaseDifference(
                    Spell(pair[0].Number(), expected, @case.Flag("forced"), @case.Flag("fixed")), Spell(pair[0].Number(), actual, report.Forced, report.Fixed));
            }
        }

        return null;
    }

    private static string Spell(double quantile, double value, bool forced, bool isFixed) =>
        string.Create(CultureInfo.InvariantCulture, $"quantile {quantile:R} is {value:R}, forced {forced}, fixed {isFixed}");

    private static CaseDifference? Validate(JsonElement @case)
    {
        NativeHistogram integer = @case.GetProperty("histogram").IntegerHistogram();
        HistogramFault expected = @case.GetProperty("ok").GetBoolean() ? HistogramFault.None : Fault(@case.Text("error"));
        return CaseDifference.Between(expected.ToString(), HistogramPayload.Validate(integer).ToString())
            ?? (@case.Flag("integer_only") ? null : CaseDifference.Between($"as floats {expected}", $"as floats {HistogramPayload.Validate(AsFloats(integer))}"));
    }

    private static HistogramFault Fault(string error)
    {
        foreach ((string words, HistogramFault fault) in s_faults)
        {
            if (error.Contains(words, StringComparison.Ordinal))
            {
                return fault;
            }
        }

        throw new InvalidDataException($"unknown error \"{error}\"");
    }

    private static NativeHistogram AsFloats(NativeHistogram integer) => new()
    {
        IsFloat = true,
        Schema = integer.Schema,
        ZeroThreshold = integer.ZeroThreshold,
        FloatCount = integer.IntegerCount,
        FloatZeroCount = integer.IntegerZeroCount,
        SumBits = integer.SumBits,
        PositiveSpans = integer.PositiveSpans,
        NegativeSpans = integer.NegativeSpans,
        PositiveCounts = integer.AbsolutePositiveCounts(),
        NegativeCounts = integer.AbsoluteNegativeCounts(),
        CustomValues = integer.CustomValues,
    };
}
