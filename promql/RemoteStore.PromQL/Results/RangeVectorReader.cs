using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;

namespace RemoteStore.PromQL.Results;

/// <summary>Reads a range vector as the answer of an instant query: the samples themselves.</summary>
internal static class RangeVectorReader
{
    /// <summary>Reads all series; those of extended ranges get points at both ends of the range.</summary>
    public static async ValueTask<List<ResultSeries>> ReadAsync(
        QueryContext query, StepGrid grid, RangeSource source, SelectorWindow window, bool anchored, bool smoothed, CancellationToken cancellationToken)
    {
        var result = new List<ResultSeries>();
        long held = 0;
        long charged = 0;
        try
        {
            using var row = new StepSeries(query.Memory, 1);
            while (await source.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (source.TryNext(row, out RangeColumns columns))
                {
                    query.ThrowIfCancelled();
                    if (Read(row, columns, window, window.Reference(grid, 0), anchored, smoothed) is { } series)
                    {
                        held += query.Hold(series.Times.Length);
                        long bytes = SizeBytes(series);
                        query.Memory.Charge(bytes);
                        charged += bytes;
                        result.Add(series);
                    }
                }
            }

            return result;
        }
        finally
        {
            query.LetGo(held);
            query.Memory.Release(charged);
        }
    }

    private static long SizeBytes(ResultSeries series)
    {
        long bytes = series.Labels.Bytes.Length + (series.Times.Length * (long)(sizeof(long) + sizeof(double)));
        foreach (FloatHistogram? histogram in series.Histograms ?? [])
        {
            bytes += IntPtr.Size + (histogram?.AllocatedBytes ?? 0);
        }

        return bytes;
    }

    private static ResultSeries? Read(StepSeries row, in RangeColumns columns, SelectorWindow window, long end, bool anchored, bool smoothed)
    {
        long start = end - window.RangeMs;
        var points = new List<(long Time, double Value, FloatHistogram? Histogram)>();
        if (anchored || smoothed)
        {
            if (!columns.Histograms.IsEmpty)
            {
                throw QueryException.Execution($"{(anchored ? "anchored" : "smoothed")} modifier is not supported with histograms");
            }

            Extend(points, columns, start, end, smoothed);
        }
        else
        {
            AddInside(points, columns.Times, columns.Values, start, end);
            for (int i = 0; i < columns.Histograms.Length; i++)
            {
                if (columns.HistogramTimes[i] > start && columns.HistogramTimes[i] <= end)
                {
                    points.Add((columns.HistogramTimes[i], 0, columns.Histograms[i]));
                }
            }
        }

        if (points.Count == 0)
        {
            return null;
        }

        points.Sort(static (a, b) => a.Time.CompareTo(b.Time));
        bool histograms = points.Exists(static p => p.Histogram is not null);
        ReadOnlySpan<byte> labels = row.DropName ? new LabelEditor().Without(row.Labels, LabelNameList.Metadata) : row.Labels;
        return new ResultSeries(
            new LabelSet(labels.ToArray()),
            points.Select(static p => p.Time).ToArray(),
            points.Select(static p => p.Value).ToArray(),
            histograms ? [.. points.Select(static p => p.Histogram)] : null);
    }

    private static void AddInside(
        List<(long, double, FloatHistogram?)> points, ReadOnlySpan<long> times, ReadOnlySpan<double> values, long start, long end)
    {
        for (int i = 0; i < times.Length; i++)
        {
            if (times[i] > start && times[i] <= end)
            {
                points.Add((times[i], values[i], null));
            }
        }
    }

    private static void Extend(List<(long, double, FloatHistogram?)> points, in RangeColumns columns, long start, long end, bool smoothed)
    {
        ReadOnlySpan<long> times = columns.Times;
        ReadOnlySpan<double> values = columns.Values;
        if (times.IsEmpty || !ExtendedRange.TryFind(times, start, end, smoothed, out int first, out int last))
        {
            return;
        }

        points.Add((start, ExtendedRange.Left(times, values, first, start, smoothed, isCounter: false), null));
        for (int i = first; i <= last; i++)
        {
            if (times[i] > start && times[i] < end)
            {
                points.Add((times[i], values[i], null));
            }
        }

        points.Add((end, ExtendedRange.Right(times, values, last, end, smoothed, isCounter: false), null));
    }
}
