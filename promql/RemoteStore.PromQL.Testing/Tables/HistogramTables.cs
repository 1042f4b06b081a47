using System.Text.Json;
using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Parser.Series;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Tables of the arithmetic of native histograms.</summary>
internal static class HistogramTables
{
    public static IReadOnlyList<CaseTable> All { get; } =
    [
        CaseTable.Of("add", ["in1"], static @case => Add(@case, "in1", "in2") ?? Add(@case, "in2", "in1"), "in1 + in2"),
        CaseTable.Of("sub", ["in1"], static @case => Combined(@case, "in1", "in2", static (a, b) => a.Subtract(b)), "in1 - in2"),
        CaseTable.Of("mul", ["scale"], static @case => Changed(@case, "in", h => h.Multiply(@case.Number("scale")))),
        CaseTable.Of("div", ["s"], static @case => Changed(@case, "fh", h => h.Divide(@case.Number("s")))),
        CaseTable.Of("compact", ["maxEmptyBuckets"], Compact),
        CaseTable.Of("copy_to_schema", ["targetSchema"], CopyToSchema),
    ];

    private static CaseDifference? Add(JsonElement @case, string first, string second) =>
        Combined(@case, first, second, static (a, b) => a.Add(b)) ?? Combined(@case, first, second, static (a, b) =>
        {
            HistogramNotes notes = a.AddCompensated(b);
            a.ApplyCompensation();
            return notes;
        });

    private static CaseDifference? Combined(JsonElement @case, string first, string second, Func<FloatHistogram, FloatHistogram, HistogramNotes> combine)
    {
        FloatHistogram actual = @case.GetProperty(first).Histogram();
        HistogramNotes notes = combine(actual, @case.GetProperty(second).Histogram());
        HistogramNotes expected = @case.TryGetProperty("expErrMsg", out _) ? HistogramNotes.MixedSchemas : HistogramNotes.None;
        expected |= @case.Flag("expCounterResetCollision") ? HistogramNotes.CounterResetCollision : HistogramNotes.None;
        expected |= @case.Flag("expNHCBBoundsReconciled") ? HistogramNotes.BoundsReconciled : HistogramNotes.None;
        return CaseDifference.Between($"notes {expected}", $"notes {notes}")
            ?? (notes.HasFlag(HistogramNotes.MixedSchemas) ? null : Difference(@case.GetProperty("expected").Histogram(), actual));
    }

    private static CaseDifference? Changed(JsonElement @case, string name, Action<FloatHistogram> change)
    {
        FloatHistogram actual = @case.GetProperty(name).Histogram();
        change(actual);
        return Difference(@case.GetProperty("expected").Histogram(), actual);
    }

    private static CaseDifference? CopyToSchema(JsonElement @case)
    {
        var copy = new FloatHistogram();
        copy.CopyFrom(@case.GetProperty("in").Histogram(), @case.GetProperty("targetSchema").GetInt32());
        return Difference(@case.GetProperty("expected").Histogram(), copy);
    }

    /// <summary>Here the layout of empty buckets is what matters.</summary>
    private static CaseDifference? Compact(JsonElement @case)
    {
        FloatHistogram actual = @case.GetProperty("in").Histogram();
        actual.Compact(@case.GetProperty("maxEmptyBuckets").GetInt32());
        FloatHistogram expected = @case.GetProperty("expected").Histogram();
        return CaseDifference.Between(Layout(expected), Layout(actual))
            ?? CaseDifference.Unless(expected.ContentEquals(actual), HistogramText.Print(expected.ToNative()), HistogramText.Print(actual.ToNative()));
    }

    private static CaseDifference? Difference(FloatHistogram expected, FloatHistogram actual) => CaseDifference.Unless(
        EvalCheck.HistogramsMatch(expected, actual), HistogramText.Print(expected.ToNative()), HistogramText.Print(actual.ToNative()));

    private static string Layout(FloatHistogram h) =>
        $"spans [{string.Join(' ', h.PositiveSpans.ToArray())}] [{string.Join(' ', h.NegativeSpans.ToArray())}] "
        + $"buckets [{string.Join(' ', h.PositiveCounts.ToArray().Select(JsonFields.Spell))}] [{string.Join(' ', h.NegativeCounts.ToArray().Select(JsonFields.Spell))}]";
}
