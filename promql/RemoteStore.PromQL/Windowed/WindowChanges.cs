using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// <c>resets</c> and <c>changes</c>: at least as many as there were. Those between windows are seen; of a window in which a counter was reset one, and as many changes
/// as lead from its first value to its extremes and to its last.
/// </summary>
internal sealed class WindowChanges(RangeCall call, WindowNotes notes, bool resets) : WindowKernel(call, notes)
{
    /// <inheritdoc/>
    public override void Compute(in WindowStep step, StepSeries row)
    {
        ReadOnlySpan<WindowAggregate> floats = step.Floats;
        ReadOnlySpan<WindowAggregate> spans = step.Spans;
        ReadOnlySpan<HistogramPiece> histograms = step.Histograms;
        long count = 0;
        int f = 0;
        int h = 0;
        bool? wasFloat = null;
        while (f < floats.Length || h < spans.Length)
        {
            bool isFloat = h == spans.Length || (f < floats.Length && floats[f].FirstMs < spans[h].FirstMs);
            bool isOther = wasFloat is { } before && before != isFloat;
            if (isFloat)
            {
                count += Inside(floats[f]) + (isOther || (wasFloat is not null && Differ(floats[f - 1].Last, floats[f].First)) ? 1 : 0);
                f++;
            }
            else
            {
                count += Inside(spans[h], histograms[h]) + (isOther || (wasFloat is not null && Differ(histograms[h - 1].Last, histograms[h].First)) ? 1 : 0);
                h++;
            }

            wasFloat = isFloat;
        }

        row.Set(step.Step, count);
    }

    private long Inside(in WindowAggregate window)
    {
        if (window.Count < 2)
        {
            return 0;
        }

        long known = resets
            ? (window.Resets != 0 || window.Last < window.First ? 1 : 0)
            : Changes(window);
        if (window.Count > 2 && (known > 0 || (!resets && double.IsNaN(window.Min + window.Max))))
        {
            Notes.Estimated(window.ResolutionMs);
        }

        return known;
    }

    private long Inside(in WindowAggregate span, HistogramPiece piece)
    {
        if (span.Count < 2)
        {
            return 0;
        }

        bool differs = resets ? piece.Resets is not null : !piece.Last.ContentEquals(piece.First);
        if (span.Count > 2 && (differs || !resets))
        {
            Notes.Estimated(span.ResolutionMs);
        }

        return differs ? 1 : 0;
    }

    private bool Differ(double before, double now) => resets
        ? now < before
        : now != before && !(double.IsNaN(now) && double.IsNaN(before));

    private bool Differ(FloatHistogram before, FloatHistogram now) => resets ? now.DetectReset(before) : !now.ContentEquals(before);

    /// <summary>The least number of changes on a way from the first value over both extremes to the last.</summary>
    private static long Changes(in WindowAggregate window)
    {
        double first = window.First;
        double last = window.Last;
        if (window.Min == window.Max)
        {
            return 0;
        }

        long between = (window.Min != first && window.Min != last ? 1 : 0) + (window.Max != first && window.Max != last ? 1 : 0);
        return first != last && !(double.IsNaN(first) && double.IsNaN(last)) ? between + 1 : between == 0 ? 0 : between + 1;
    }
}
