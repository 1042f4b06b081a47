using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Results;

namespace RemoteStore.QueryFrontend.Splitting;

/// <summary>Puts answers to pieces of a range behind each other.</summary>
internal static class SeriesConcatenation
{
    /// <summary>Joins the series with equal labels; the result is in label order.</summary>
    /// <param name="pieces">Answers in label order, those to earlier steps first, no two with a step in common.</param>
    public static IReadOnlyList<ResultSeries> Join(IReadOnlyList<IReadOnlyList<ResultSeries>> pieces)
    {
        if (pieces.Count == 1)
        {
            return pieces[0];
        }

        var byLabels = new Dictionary<LabelSet, List<ResultSeries>>();
        foreach (IReadOnlyList<ResultSeries> piece in pieces)
        {
            foreach (ResultSeries series in piece)
            {
                if (!byLabels.TryGetValue(series.Labels, out List<ResultSeries>? parts))
                {
                    byLabels[series.Labels] = parts = new List<ResultSeries>(pieces.Count);
                }

                parts.Add(series);
            }
        }

        var joined = new List<ResultSeries>(byLabels.Count);
        foreach (List<ResultSeries> parts in byLabels.Values)
        {
            joined.Add(parts.Count == 1 ? parts[0] : Join(parts));
        }

        joined.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        return joined;
    }

    private static ResultSeries Join(List<ResultSeries> parts)
    {
        int count = parts.Sum(static part => part.Times.Length);
        long[] times = new long[count];
        double[] values = new double[count];
        FloatHistogram?[]? histograms = parts.Exists(static part => part.Histograms is not null) ? new FloatHistogram?[count] : null;
        int at = 0;
        foreach (ResultSeries part in parts)
        {
            part.Times.CopyTo(times.AsMemory(at));
            part.Values.CopyTo(values.AsMemory(at));
            part.Histograms?.CopyTo(histograms!, at);
            at += part.Times.Length;
        }

        return new ResultSeries(parts[0].Labels, times, values, histograms);
    }
}
