using RemoteStore.Model.Samples;

namespace RemoteStore.Wire.RemoteRead.Chunks;

/// <summary>
/// Encodes one native histogram as a chunk of Prometheus with one sample: layout, time, counts, buckets. More samples in a chunk would save the layout, and need
/// all of them to have the same one.
/// </summary>
internal sealed class HistogramChunkEncoder
{
    private const int SmallestThresholdExponent = -242;
    private const int LargestThresholdExponent = 11;
    private const int ThresholdBias = 243;
    private const byte OtherThreshold = 255;
    private const double LargestShortBound = 33554430;

    private readonly BitWriter _bits = new();

    /// <summary>Encodes a histogram.</summary>
    /// <returns>The chunk, valid until the next call.</returns>
    public ReadOnlySpan<byte> Encode(long timestampMs, NativeHistogram histogram)
    {
        _bits.Clear();
        _bits.Bits(1, 16);
        _bits.Byte(histogram.CounterResetHint switch
        {
            CounterResetHint.CounterReset => 0b1000_0000,
            CounterResetHint.NotCounterReset => 0b0100_0000,
            CounterResetHint.Gauge => 0b1100_0000,
            _ => 0,
        });
        WriteLayout(histogram);
        _bits.Signed(timestampMs);
        if (histogram.IsFloat)
        {
            _bits.Float(histogram.FloatCount);
            _bits.Float(histogram.FloatZeroCount);
            _bits.Bits((ulong)histogram.SumBits, 64);
            Array.ForEach(histogram.PositiveCounts, _bits.Float);
            Array.ForEach(histogram.NegativeCounts, _bits.Float);
        }
        else
        {
            _bits.Unsigned(histogram.IntegerCount);
            _bits.Unsigned(histogram.IntegerZeroCount);
            _bits.Bits((ulong)histogram.SumBits, 64);
            Array.ForEach(histogram.PositiveDeltas, _bits.Signed);
            Array.ForEach(histogram.NegativeDeltas, _bits.Signed);
        }

        return _bits.Written;
    }

    private void WriteLayout(NativeHistogram histogram)
    {
        WriteThreshold(histogram.ZeroThreshold);
        _bits.Signed(histogram.Schema);
        WriteSpans(histogram.PositiveSpans);
        WriteSpans(histogram.NegativeSpans);
        if (histogram.HasCustomBuckets)
        {
            _bits.Unsigned((ulong)histogram.CustomValues.Length);
            Array.ForEach(histogram.CustomValues, WriteBound);
        }
    }

    /// <summary>A power of two, as thresholds are by default, takes one byte.</summary>
    private void WriteThreshold(double threshold)
    {
        if (threshold == 0)
        {
            _bits.Byte(0);
            return;
        }

        int exponent = Math.ILogB(threshold) + 1;
        if (Math.ScaleB(0.5, exponent) == threshold && exponent is >= SmallestThresholdExponent and <= LargestThresholdExponent)
        {
            _bits.Byte((byte)(exponent + ThresholdBias));
        }
        else
        {
            _bits.Byte(OtherThreshold);
            _bits.Float(threshold);
        }
    }

    private void WriteSpans(HistogramSpan[] spans)
    {
        _bits.Unsigned((ulong)spans.Length);
        foreach (HistogramSpan span in spans)
        {
            _bits.Unsigned(span.Length);
            _bits.Signed(span.Offset);
        }
    }

    /// <summary>Bounds of up to three decimals are whole thousandths.</summary>
    private void WriteBound(double bound)
    {
        double thousandths = Math.Round(bound * 1000, MidpointRounding.AwayFromZero);
        if (bound >= 0 && bound * 1000 <= LargestShortBound && thousandths / 1000 == bound)
        {
            _bits.Unsigned((ulong)thousandths + 1);
        }
        else
        {
            _bits.Bit(false);
            _bits.Float(bound);
        }
    }
}
