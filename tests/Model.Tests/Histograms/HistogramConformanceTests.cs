using System.Text.Json;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Testing;
using Shouldly;

namespace RemoteStore.Model.Tests.Histograms;

public sealed class HistogramConformanceTests
{
    [ConformanceFact]
    public void Add_EachCaseOfTheTable_GivesTheSum() =>
        ForEach("add", static c =>
            Combined(c, "in1", "in2", static (a, b) => a.Add(b)) ?? Combined(c, "in2", "in1", static (a, b) => a.Add(b)));

    [ConformanceFact]
    public void AddCompensated_EachCaseOfTheTable_GivesTheSum() =>
        ForEach("add", static c => Combined(c, "in1", "in2", AddCompensated) ?? Combined(c, "in2", "in1", AddCompensated));

    [ConformanceFact]
    public void Subtract_EachCaseOfTheTable_GivesTheDifference() =>
        ForEach("sub", static c => Combined(c, "in1", "in2", static (a, b) => a.Subtract(b)));

    [ConformanceFact]
    public void Multiply_EachCaseOfTheTable_GivesTheProduct() =>
        ForEach("mul", static c => Scaled(c, "in", static (h, c) => h.Multiply(HistogramText.Number(c.GetProperty("scale")))));

    [ConformanceFact]
    public void Divide_EachCaseOfTheTable_GivesTheQuotient() =>
        ForEach("div", static c => Scaled(c, "fh", static (h, c) => h.Divide(HistogramText.Number(c.GetProperty("s")))));

    [ConformanceFact]
    public void Compact_EachCaseOfTheTable_HasTheExpectedLayout() =>
        ForEach("compact", static c =>
        {
            FloatHistogram actual = HistogramText.Read(c.GetProperty("in"));
            actual.Compact(c.GetProperty("maxEmptyBuckets").GetInt32());
            FloatHistogram expected = HistogramText.Read(c.GetProperty("expected"));
            return actual.ContentEquals(expected) ? null : $"\n  is     {HistogramText.Write(actual)}\n  should {HistogramText.Write(expected)}";
        });

    [ConformanceFact]
    public void CopyFrom_EachCaseOfTheTable_IsInTheTargetSchema() =>
        ForEach("copy_to_schema", static c =>
        {
            var copy = new FloatHistogram();
            copy.CopyFrom(HistogramText.Read(c.GetProperty("in")), c.GetProperty("targetSchema").GetInt32());
            return HistogramText.Difference(copy, HistogramText.Read(c.GetProperty("expected")));
        });

    [ConformanceFact]
    public void DetectReset_EachCaseOfTheTable_IsAsExpected() =>
        ForEach("detect_reset", static c =>
        {
            bool reset = HistogramText.Read(c.GetProperty("current")).DetectReset(HistogramText.Read(c.GetProperty("previous")));
            return reset == c.GetProperty("resetExpected").GetBoolean() ? null : $" is {reset}";
        });

    [ConformanceFact]
    public void Quantile_EachCaseOfTheTableOfClassicBuckets_IsAsExpected() =>
        ForEach("bucket_quantile", static c =>
        {
            foreach (JsonElement quantile in c.GetProperty("quantiles").EnumerateArray())
            {
                ClassicBucket[] buckets =
                    [.. c.GetProperty("buckets").EnumerateArray().Select(static b => new ClassicBucket(HistogramText.Number(b[0]), HistogramText.Number(b[1])))];
                double actual = ClassicBuckets.Quantile(HistogramText.Number(quantile[0]), buckets, out MonotonicityReport report);
                if (!HistogramText.Near(actual, HistogramText.Number(quantile[1]), 1e-12)
                    || report.Forced != c.GetProperty("forced").GetBoolean() || report.Fixed != c.GetProperty("fixed").GetBoolean())
                {
                    return $" at {quantile[0]}: is {actual}, {report}";
                }
            }

            return null;
        });

    [ConformanceFact]
    public void Validate_EachCaseOfTheTable_HasTheExpectedFault() =>
        ForEach("validate", static c =>
        {
            HistogramFault expected = c.GetProperty("ok").GetBoolean() ? HistogramFault.None : Fault(c.GetProperty("error").GetString()!);
            HistogramFault asInteger = HistogramPayload.Validate(Native(c.GetProperty("histogram"), isFloat: false));
            bool integerOnly = c.TryGetProperty("integer_only", out JsonElement only) && only.GetBoolean();
            HistogramFault asFloat = integerOnly ? expected : HistogramPayload.Validate(Native(c.GetProperty("histogram"), isFloat: true));
            return asInteger == expected && asFloat == expected ? null : $" should be {expected}, integer {asInteger}, float {asFloat}";
        });

    private static void ForEach(string table, Func<JsonElement, string?> check)
    {
        string[] failures =
        [
            .. ConformanceData.Cases($"histograms/{table}.json")
                .Select(c => (Name: c.GetProperty("name").GetString(), Difference: check(c)))
                .Where(static r => r.Difference is not null)
                .Select(static r => $"{r.Name}:{r.Difference}"),
        ];
        failures.ShouldBeEmpty(string.Join('\n', failures));
    }

    private static HistogramNotes AddCompensated(FloatHistogram a, FloatHistogram b)
    {
        HistogramNotes notes = a.AddCompensated(b);
        a.ApplyCompensation();
        return notes;
    }

    private static string? Combined(JsonElement c, string left, string right, Func<FloatHistogram, FloatHistogram, HistogramNotes> combine)
    {
        FloatHistogram actual = HistogramText.Read(c.GetProperty(left));
        HistogramNotes notes = combine(actual, HistogramText.Read(c.GetProperty(right)));
        HistogramNotes expected = c.TryGetProperty("expErrMsg", out _) ? HistogramNotes.MixedSchemas : HistogramNotes.None;
        expected |= Flag(c, "expCounterResetCollision", HistogramNotes.CounterResetCollision);
        expected |= Flag(c, "expNHCBBoundsReconciled", HistogramNotes.BoundsReconciled);
        return notes != expected ? $" notes are {notes}"
            : notes == HistogramNotes.MixedSchemas ? null
            : HistogramText.Difference(actual, HistogramText.Read(c.GetProperty("expected")));
    }

    private static HistogramNotes Flag(JsonElement c, string name, HistogramNotes flag) =>
        c.TryGetProperty(name, out JsonElement value) && value.GetBoolean() ? flag : HistogramNotes.None;

    private static string? Scaled(JsonElement c, string name, Action<FloatHistogram, JsonElement> scale)
    {
        FloatHistogram actual = HistogramText.Read(c.GetProperty(name));
        scale(actual, c);
        FloatHistogram expected = HistogramText.Read(c.GetProperty("expected"));
        return HistogramText.Difference(actual, expected)
            ?? (actual.CounterResetHint == expected.CounterResetHint ? null : $" hint is {actual.CounterResetHint}");
    }

    private static HistogramFault Fault(string error) => error switch
    {
        _ when error.Contains("should equal the number of observations", StringComparison.Ordinal) => HistogramFault.CountMismatch,
        _ when error.Contains("should be at least", StringComparison.Ordinal) => HistogramFault.CountTooSmall,
        _ when error.Contains("spans specify different number", StringComparison.Ordinal) => HistogramFault.SpansBucketsMismatch,
        _ when error.Contains("span whose offset is negative", StringComparison.Ordinal) => HistogramFault.NegativeSpanOffset,
        _ when error.Contains("bucket whose observation count is negative", StringComparison.Ordinal) => HistogramFault.NegativeBucketCount,
        _ when error.Contains("observation count is negative", StringComparison.Ordinal) => HistogramFault.NegativeCount,
        _ when error.Contains("strictly increasing", StringComparison.Ordinal) => HistogramFault.CustomBoundsNotAscending,
        _ when error.Contains("must be finite", StringComparison.Ordinal) => HistogramFault.CustomBoundsInfinite,
        _ when error.Contains("must not be NaN", StringComparison.Ordinal) => HistogramFault.CustomBoundsNaN,
        _ when error.Contains("bounds are too few", StringComparison.Ordinal) => HistogramFault.CustomBoundsTooFew,
        _ when error.Contains("must have zero", StringComparison.Ordinal) => HistogramFault.CustomBucketsWithZeroBucket,
        _ when error.Contains("must not have negative", StringComparison.Ordinal) => HistogramFault.CustomBucketsWithNegativeBuckets,
        _ when error.Contains("must not have custom bounds", StringComparison.Ordinal) => HistogramFault.ExponentialSchemaWithCustomBounds,
        _ when error.Contains("schema", StringComparison.Ordinal) => HistogramFault.InvalidSchema,
        _ => throw new InvalidDataException(error),
    };

    private static NativeHistogram Native(JsonElement json, bool isFloat)
    {
        long[] positive = [.. HistogramText.Numbers(json, "PositiveBuckets").Select(static v => (long)v)];
        long[] negative = [.. HistogramText.Numbers(json, "NegativeBuckets").Select(static v => (long)v)];
        return new NativeHistogram
        {
            IsFloat = isFloat,
            Schema = (int)HistogramText.Number(json, "Schema"),
            ZeroThreshold = HistogramText.Number(json, "ZeroThreshold"),
            IntegerCount = isFloat ? 0 : (ulong)HistogramText.Number(json, "Count"),
            IntegerZeroCount = isFloat ? 0 : (ulong)HistogramText.Number(json, "ZeroCount"),
            FloatCount = isFloat ? HistogramText.Number(json, "Count") : 0,
            FloatZeroCount = isFloat ? HistogramText.Number(json, "ZeroCount") : 0,
            SumBits = BitConverter.DoubleToInt64Bits(HistogramText.Number(json, "Sum")),
            PositiveSpans = HistogramText.Spans(json, "PositiveSpans"),
            NegativeSpans = HistogramText.Spans(json, "NegativeSpans"),
            PositiveDeltas = isFloat ? [] : positive,
            NegativeDeltas = isFloat ? [] : negative,
            PositiveCounts = isFloat ? Absolute(positive) : [],
            NegativeCounts = isFloat ? Absolute(negative) : [],
            CustomValues = HistogramText.Numbers(json, "CustomValues"),
        };
    }

    private static double[] Absolute(long[] deltas)
    {
        long current = 0;
        return [.. deltas.Select(d => (double)(current += d))];
    }
}
