using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Results;
using RemoteStore.QueryFrontend.Analysis;
using RemoteStore.QueryFrontend.Splitting;

namespace RemoteStore.QueryFrontend.Caching;

/// <summary>Cuts answers to fewer steps.</summary>
internal static class ResultSlices
{
    /// <summary>The points of a series at some steps, over the same arrays where it can be; null when there are none.</summary>
    public static ResultSeries? Slice(ResultSeries series, StepRange steps)
    {
        ReadOnlySpan<long> times = series.Times.Span;
        if (times.IsEmpty || (times[0] >= steps.StartMs && times[^1] <= steps.EndMs))
        {
            return times.IsEmpty ? null : series;
        }

        int first = LowerBound(times, steps.StartMs);
        int end = steps.EndMs == long.MaxValue ? times.Length : LowerBound(times, steps.EndMs + 1);
        return first >= end
            ? null
            : series with
            {
                Times = series.Times[first..end],
                Values = series.Values[first..end],
                Histograms = series.Histograms is { } histograms ? OrNull(histograms.AsSpan(first, end - first)) : null,
            };
    }

    /// <summary>All series of an answer at some steps.</summary>
    public static IReadOnlyList<ResultSeries> Slice(IReadOnlyList<ResultSeries> series, StepRange steps)
    {
        var sliced = new List<ResultSeries>(series.Count);
        foreach (ResultSeries one in series)
        {
            if (Slice(one, steps) is { } kept)
            {
                sliced.Add(kept);
            }
        }

        return sliced;
    }

    /// <summary>An extent without annotations cut to fewer of its steps.</summary>
    public static ResultExtent Trim(ResultExtent extent, StepRange steps, TimeReach reach) =>
        new(steps, extent.Type, Slice(extent.Series, steps), extent.Version, reach.Samples(steps.StartMs, steps.EndMs));

    /// <summary>Copies of series that hold on to nothing but their own points, for slices keep whole arrays alive. Equal times become one array.</summary>
    public static IReadOnlyList<ResultSeries> Compact(IReadOnlyList<ResultSeries> series)
    {
        var compact = new ResultSeries[series.Count];
        ReadOnlyMemory<long> times = default;
        for (int i = 0; i < compact.Length; i++)
        {
            ResultSeries one = series[i];
            times = one.Times.Span.SequenceEqual(times.Span) ? times : one.Times.ToArray();
            compact[i] = one with { Times = times, Values = one.Values.ToArray() };
        }

        return compact;
    }

    /// <summary>The engine gives a series without histograms no array of them.</summary>
    private static FloatHistogram?[]? OrNull(ReadOnlySpan<FloatHistogram?> histograms)
    {
        foreach (FloatHistogram? histogram in histograms)
        {
            if (histogram is not null)
            {
                return histograms.ToArray();
            }
        }

        return null;
    }

    private static int LowerBound(ReadOnlySpan<long> times, long time)
    {
        int at = times.BinarySearch(time);
        return at >= 0 ? at : ~at;
    }
}
