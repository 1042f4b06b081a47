using System.Text;
using RemoteStore.Model.Histograms;

namespace RemoteStore.PromQL.Functions;

/// <summary>A native histogram as Prometheus prints it: <c>{count:3, sum:2, [-1,1):1, (1,2]:2}</c>.</summary>
public static class HistogramDescription
{
    /// <summary>The text.</summary>
    public static string Of(FloatHistogram histogram)
    {
        var text = new StringBuilder();
        text.Append("{count:").Append(GoFloat.Shortest(histogram.Count)).Append(", sum:").Append(GoFloat.Shortest(histogram.Sum));
        foreach (HistogramBucket bucket in histogram.AllBuckets())
        {
            if (bucket.Count != 0)
            {
                text.Append(", ").Append(bucket.LowerInclusive ? '[' : '(').Append(GoFloat.Shortest(bucket.Lower)).Append(',')
                    .Append(GoFloat.Shortest(bucket.Upper)).Append(bucket.UpperInclusive ? ']' : ')').Append(':').Append(GoFloat.Shortest(bucket.Count));
            }
        }

        return text.Append('}').ToString();
    }
}
