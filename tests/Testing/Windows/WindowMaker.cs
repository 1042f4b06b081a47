using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Testing.Windows;

/// <summary>Makes windows of samples, the plain way.</summary>
public static class WindowMaker
{
    /// <summary>End of the window that a time lies in.</summary>
    public static long EndOf(long timestampMs, long resolutionMs) =>
        timestampMs - Modulo(timestampMs - 1, resolutionMs) - 1 + resolutionMs;

    /// <summary>The window of ascending float samples that all lie in it.</summary>
    /// <param name="samples">Times and bits; stale markers are no samples.</param>
    /// <param name="endMs">End of the window.</param>
    /// <param name="resolutionMs">Its length.</param>
    /// <param name="columns">What to fill in; the rest stays 0.</param>
    public static WindowAggregate Of(IReadOnlyList<(long TimeMs, long Bits)> samples, long endMs, long resolutionMs, WindowColumns columns = WindowColumns.All)
    {
        var values = new List<(long TimeMs, double Value)>();
        long stale = 0;
        foreach ((long time, long bits) in samples)
        {
            stale = bits == SampleBits.StaleMarker ? time : 0;
            if (stale == 0)
            {
                values.Add((time, BitConverter.Int64BitsToDouble(bits)));
            }
        }

        var window = new WindowAggregate { EndMs = endMs, ResolutionMs = resolutionMs, StaleMs = stale };
        if (values.Count == 0)
        {
            return window;
        }

        double sum = 0, compensation = 0, resets = 0, min = double.NaN, max = double.NaN;
        for (int i = 0; i < values.Count; i++)
        {
            double value = values[i].Value;
            Primitives.Numerics.CompensatedSums.Add(value, ref sum, ref compensation);
            min = value < min || double.IsNaN(min) ? value : min;
            max = value > max || double.IsNaN(max) ? value : max;
            resets += i > 0 && value < values[i - 1].Value ? values[i - 1].Value : 0;
        }

        return window with
        {
            LastMs = values[^1].TimeMs,
            Last = Take(WindowColumns.Last, values[^1].Value),
            FirstMs = columns.HasFlag(WindowColumns.First) ? values[0].TimeMs : 0,
            First = Take(WindowColumns.First, values[0].Value),
            Count = columns.HasFlag(WindowColumns.Count) ? values.Count : 1,
            Sum = Take(WindowColumns.Sum, double.IsInfinity(sum) ? sum : sum + compensation),
            Min = Take(WindowColumns.Min, min),
            Max = Take(WindowColumns.Max, max),
            Resets = Take(WindowColumns.Resets, resets),
        };

        double Take(WindowColumns column, double value) => columns.HasFlag(column) ? value : 0;
    }

    /// <summary>Appends the window of ascending histogram samples of a batch that all lie in it.</summary>
    public static void Add(
        SampleBuffer destination, SeriesBatch batch, ReadOnlySpan<HistogramSample> samples, long endMs, long resolutionMs, WindowColumns columns)
    {
        var window = new HistogramWindow { EndMs = endMs, ResolutionMs = resolutionMs };
        FloatHistogram? sum = null, last = null, resets = null;
        byte[] first = [], latest = [];
        foreach (HistogramSample sample in samples)
        {
            ReadOnlySpan<byte> payload = batch.Samples.Payload(sample);
            var histogram = new FloatHistogram();
            if (!histogram.TryRead(payload))
            {
                throw new InvalidOperationException("a test stores histograms that can be read");
            }

            window = window with { StaleMs = histogram.IsStale ? sample.TimestampMs : 0 };
            if (histogram.IsStale)
            {
                continue;
            }

            first = last is null ? payload.ToArray() : first;
            latest = payload.ToArray();
            window = window with
            {
                Count = window.Count + 1,
                FirstMs = last is null ? sample.TimestampMs : window.FirstMs,
                LastMs = sample.TimestampMs,
            };
            if (last is not null && histogram.DetectReset(last))
            {
                resets = Plus(resets, last);
            }

            sum = Plus(sum, histogram);
            last = histogram;
        }

        destination.AddHistogramWindow(
            window with
            {
                FirstMs = columns.HasFlag(WindowColumns.First) ? window.FirstMs : 0,
                Count = columns.HasFlag(WindowColumns.Count) ? window.Count : Math.Min(1, window.Count),
            },
            columns.HasFlag(WindowColumns.First) ? first : [],
            columns.HasFlag(WindowColumns.Last) ? latest : [],
            columns.HasFlag(WindowColumns.Sum) && sum is not null ? HistogramPayload.Encode(sum.ToNative()) : [],
            columns.HasFlag(WindowColumns.Resets) && resets is not null ? HistogramPayload.Encode(resets.ToNative()) : []);
    }

    private static FloatHistogram Plus(FloatHistogram? left, FloatHistogram right)
    {
        var result = new FloatHistogram();
        result.CopyFrom(right);
        if (left is not null)
        {
            result.CopyFrom(left);
            result.Add(right);
        }

        return result;
    }

    private static long Modulo(long value, long divisor) => ((value % divisor) + divisor) % divisor;
}
