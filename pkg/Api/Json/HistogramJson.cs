using System.Text.Json;
using RemoteStore.Model.Samples;

namespace RemoteStore.Api.Json;

/// <summary>Native histograms in the API's JSON: count, sum, and the buckets that are not empty, in ascending order.</summary>
internal static class HistogramJson
{
    private const int LeftOpen = 0;
    private const int RightOpen = 1;
    private const int Open = 2;
    private const int Closed = 3;

    /// <summary>A point: <c>[seconds, histogram]</c>.</summary>
    public static void WritePoint(Utf8JsonWriter json, long timestampMs, ReadOnlySpan<byte> payload)
    {
        json.WriteStartArray();
        ResultJson.WriteTimestamp(json, timestampMs);
        Write(json, HistogramPayload.Decode(payload));
        json.WriteEndArray();
    }

    /// <summary>The histogram.</summary>
    public static void Write(Utf8JsonWriter json, NativeHistogram histogram)
    {
        json.WriteStartObject();
        json.WritePropertyName("count"u8);
        ResultJson.WriteFloat(json, histogram.Count);
        json.WritePropertyName("sum"u8);
        ResultJson.WriteFloat(json, histogram.Sum);
        bool any = false;
        if (!histogram.HasCustomBuckets)
        {
            WriteNegative(json, histogram, ref any);
            WriteBucket(json, -histogram.ZeroThreshold, histogram.ZeroThreshold, Closed, histogram.ZeroCount, ref any);
        }

        WritePositive(json, histogram, ref any);
        if (any)
        {
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteNegative(Utf8JsonWriter json, NativeHistogram histogram, ref bool any)
    {
        double[] counts = histogram.AbsoluteNegativeCounts();
        int[] indices = Indices(histogram.NegativeSpans, counts.Length);
        for (int i = counts.Length - 1; i >= 0; i--)
        {
            double lower = -HistogramBounds.UpperBound(indices[i], histogram.Schema);
            double upper = -HistogramBounds.UpperBound(indices[i] - 1, histogram.Schema);
            WriteBucket(json, lower, upper, Rule(lower < 0, upper > 0), counts[i], ref any);
        }
    }

    private static void WritePositive(Utf8JsonWriter json, NativeHistogram histogram, ref bool any)
    {
        double[] counts = histogram.AbsolutePositiveCounts();
        int[] indices = Indices(histogram.PositiveSpans, counts.Length);
        double[] custom = histogram.CustomValues;
        for (int i = 0; i < counts.Length; i++)
        {
            int index = indices[i];
            if (histogram.HasCustomBuckets)
            {
                double lower = index == 0 ? double.NegativeInfinity : custom[Math.Min(index, custom.Length) - 1];
                double upper = index >= custom.Length ? double.PositiveInfinity : custom[index];
                WriteBucket(json, lower, upper, Rule(index == 0, true), counts[i], ref any);
            }
            else
            {
                double lower = HistogramBounds.UpperBound(index - 1, histogram.Schema);
                double upper = HistogramBounds.UpperBound(index, histogram.Schema);
                WriteBucket(json, lower, upper, Rule(lower < 0, upper > 0), counts[i], ref any);
            }
        }
    }

    private static void WriteBucket(Utf8JsonWriter json, double lower, double upper, int rule, double count, ref bool any)
    {
        if (count == 0)
        {
            return;
        }

        if (!any)
        {
            json.WriteStartArray("buckets"u8);
            any = true;
        }

        json.WriteStartArray();
        json.WriteNumberValue(rule);
        ResultJson.WriteFloat(json, lower);
        ResultJson.WriteFloat(json, upper);
        ResultJson.WriteFloat(json, count);
        json.WriteEndArray();
    }

    private static int Rule(bool lowerInclusive, bool upperInclusive) => (lowerInclusive, upperInclusive) switch
    {
        (false, true) => LeftOpen,
        (true, false) => RightOpen,
        (true, true) => Closed,
        (false, false) => Open,
    };

    /// <summary>Index of each bucket.</summary>
    private static int[] Indices(HistogramSpan[] spans, int count)
    {
        int[] indices = new int[count];
        int index = 0;
        int bucket = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length && bucket < count; i++)
            {
                indices[bucket++] = index++;
            }
        }

        return indices;
    }
}
