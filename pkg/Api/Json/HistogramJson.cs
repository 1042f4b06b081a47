using RemoteStore.Model.Histograms;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Api.Json;

/// <summary>Native histograms in the API's JSON: count, sum, and the buckets that are not empty, in ascending order.</summary>
internal static class HistogramJson
{
    /// <summary>The histogram as an object.</summary>
    public static void Write(PooledBufferWriter output, FloatHistogram histogram)
    {
        JsonBytes.Raw(output, "{\"count\":"u8);
        JsonBytes.Float(output, histogram.Count);
        JsonBytes.Raw(output, ",\"sum\":"u8);
        JsonBytes.Float(output, histogram.Sum);
        bool any = false;
        foreach (HistogramBucket bucket in histogram.AllBuckets())
        {
            if (bucket.Count == 0)
            {
                continue;
            }

            JsonBytes.Raw(output, any ? ",["u8 : ",\"buckets\":[["u8);
            any = true;
            JsonBytes.Raw(output, Rule(bucket));
            JsonBytes.Float(output, bucket.Lower);
            JsonBytes.Raw(output, ","u8);
            JsonBytes.Float(output, bucket.Upper);
            JsonBytes.Raw(output, ","u8);
            JsonBytes.Float(output, bucket.Count);
            JsonBytes.Raw(output, "]"u8);
        }

        JsonBytes.Raw(output, any ? "]}"u8 : "}"u8);
    }

    /// <summary>Which bounds belong to the bucket: 0 = the upper one, 1 = the lower one, 2 = none, 3 = both.</summary>
    private static ReadOnlySpan<byte> Rule(in HistogramBucket bucket) => (bucket.LowerInclusive, bucket.UpperInclusive) switch
    {
        (false, true) => "0,"u8,
        (true, false) => "1,"u8,
        (false, false) => "2,"u8,
        (true, true) => "3,"u8,
    };
}
