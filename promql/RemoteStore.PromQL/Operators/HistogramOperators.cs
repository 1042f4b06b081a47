using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>A number of each native histogram: <c>histogram_count</c>, <c>histogram_sum</c>, <c>histogram_avg</c>, <c>histogram_stddev</c>, <c>histogram_stdvar</c>.</summary>
internal sealed class HistogramStatisticOperator(QueryContext query, SeriesOperator input, Func<FloatHistogram, double> statistic)
    : UnaryOperator(query, input)
{
    /// <summary>The statistic of that name, null when it is none.</summary>
    public static Func<FloatHistogram, double>? Find(string name) => name switch
    {
        "histogram_count" => static h => h.Count,
        "histogram_sum" => static h => h.Sum,
        "histogram_avg" => static h => h.Sum / h.Count,
        "histogram_stddev" => HistogramStatistics.StandardDeviation,
        "histogram_stdvar" => HistogramStatistics.Variance,
        _ => null,
    };

    /// <inheritdoc/>
    protected override void Apply(StepSeries row)
    {
        row.KeepOnly(histograms: true);
        for (int step = Presence.Next(row.Present, 0); step >= 0; step = Presence.Next(row.Present, step + 1))
        {
            row.Set(step, statistic(row.Histogram(step)!));
        }

        row.DropName = true;
    }
}
