using RemoteStore.Model.Samples;

namespace RemoteStore.Blocks.Tests.Windows;

/// <summary>Payloads of a histogram that grows, is reset now and then, and sometimes ends; exponential, custom or gauge.</summary>
internal sealed class HistogramCounter(Random random)
{
    private readonly bool _custom = random.Next(3) == 0;
    private readonly bool _gauge = random.Next(4) == 0;
    private readonly long[] _counts = new long[4];

    public byte[] Next()
    {
        if (random.Next(30) == 0)
        {
            return HistogramPayload.Encode(new NativeHistogram { SumBits = SampleBits.StaleMarker });
        }

        bool reset = random.Next(15) == 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = reset || _gauge ? random.Next(10) : _counts[i] + random.Next(10);
        }

        return HistogramPayload.Encode(new NativeHistogram
        {
            CounterResetHint = _gauge ? CounterResetHint.Gauge : CounterResetHint.Unknown,
            Schema = _custom ? NativeHistogram.CustomBucketsSchema : 3,
            IntegerCount = (ulong)_counts.Sum(),
            SumBits = BitConverter.DoubleToInt64Bits(_counts.Sum() * 0.1),
            PositiveSpans = [new HistogramSpan(0, (uint)_counts.Length)],
            PositiveDeltas = [.. _counts.Select((count, i) => i == 0 ? count : count - _counts[i - 1])],
            CustomValues = _custom ? [0.5, 1, 2] : [],
        });
    }
}
