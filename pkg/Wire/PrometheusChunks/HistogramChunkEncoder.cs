using RemoteStore.Model.Samples;

namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>
/// Encodes native histograms as chunks of Prometheus: layout, then per histogram time, counts and buckets, integers as changes of changes, floats as bits that
/// differ. Add histograms, in order of time, until one does not fit; then take the chunk.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class HistogramChunkEncoder
{
    private const int MaxSamples = ushort.MaxValue;
    private const int MaxBytes = 1 << 20;

    private readonly BitWriter _bits = new();
    private HistogramLayout _layout = new(0, 0, [], [], []);
    private NativeHistogram _last = new();
    private CounterResetHint _hintOfOthers;
    private long _time;
    private long _distance;
    private long _countChange;
    private long _zeroCountChange;
    private long[] _positiveChanges = [];
    private long[] _negativeChanges = [];
    private XorWindow _sum;
    private XorWindow _count;
    private XorWindow _zeroCount;
    private XorWindow[] _positive = [];
    private XorWindow[] _negative = [];

    /// <summary>Histograms in the chunk.</summary>
    public int Count { get; private set; }

    /// <summary>How the chunk is encoded.</summary>
    public ChunkEncoding Encoding => _last.IsFloat ? ChunkEncoding.FloatHistogram : ChunkEncoding.Histogram;

    /// <summary>Encodes a histogram as a chunk of its own.</summary>
    /// <returns>The chunk, valid until the next call.</returns>
    public ReadOnlySpan<byte> Encode(long timestampMs, NativeHistogram histogram)
    {
        Clear();
        Begin(timestampMs, histogram);
        return _bits.Written;
    }

    /// <summary>
    /// Adds a histogram; false when it does not fit into the chunk, which has to be taken first. It fits when it has the layout of the others and a reader will
    /// find the same hint of a reset: behind the first none but "no reset" or, in a chunk that begins with one, "gauge". A stale marker fits always, behind it
    /// only further ones; of a stale marker nothing else is kept.
    /// </summary>
    public bool TryAdd(long timestampMs, NativeHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        if (Count == 0)
        {
            Begin(timestampMs, histogram);
            return true;
        }

        if (!Fits(histogram))
        {
            return false;
        }

        Continue(timestampMs, histogram);
        return true;
    }

    /// <summary>Ends the chunk.</summary>
    /// <returns>The chunk, valid until the next call.</returns>
    public ReadOnlySpan<byte> Take()
    {
        Count = 0;
        return _bits.Written;
    }

    private bool Fits(NativeHistogram histogram) =>
        histogram.IsFloat == _last.IsFloat && Count < MaxSamples && _bits.Written.Length < MaxBytes
        && (histogram.IsStale || (!_last.IsStale && histogram.CounterResetHint == _hintOfOthers && _layout.Fits(histogram)));

    private void Clear()
    {
        _bits.Clear();
        Count = 0;
        (_distance, _countChange, _zeroCountChange) = (0, 0, 0);
        (_sum, _count, _zeroCount) = (default, default, default);
    }

    private void Begin(long timestampMs, NativeHistogram histogram)
    {
        Clear();
        _bits.Bits(1, 16);
        _bits.Byte(histogram.IsStale ? (byte)0 : HistogramChunkHeader.Of(histogram.CounterResetHint));
        _hintOfOthers = histogram.CounterResetHint == CounterResetHint.Gauge ? CounterResetHint.Gauge : CounterResetHint.NotCounterReset;
        _layout = HistogramLayout.Of(histogram);
        _layout.Write(_bits);
        _bits.Signed(timestampMs);
        bool hasBuckets = !histogram.IsStale;
        if (histogram.IsFloat)
        {
            _positive = new XorWindow[_layout.PositiveBuckets];
            _negative = new XorWindow[_layout.NegativeBuckets];
            _bits.Float(hasBuckets ? histogram.FloatCount : 0);
            _bits.Float(hasBuckets ? histogram.FloatZeroCount : 0);
            _bits.Bits((ulong)histogram.SumBits, 64);
            Array.ForEach(hasBuckets ? histogram.PositiveCounts : [], _bits.Float);
            Array.ForEach(hasBuckets ? histogram.NegativeCounts : [], _bits.Float);
        }
        else
        {
            _positiveChanges = new long[_layout.PositiveBuckets];
            _negativeChanges = new long[_layout.NegativeBuckets];
            _bits.Unsigned(hasBuckets ? histogram.IntegerCount : 0);
            _bits.Unsigned(hasBuckets ? histogram.IntegerZeroCount : 0);
            _bits.Bits((ulong)histogram.SumBits, 64);
            Array.ForEach(hasBuckets ? histogram.PositiveDeltas : [], _bits.Signed);
            Array.ForEach(hasBuckets ? histogram.NegativeDeltas : [], _bits.Signed);
        }

        (_time, _last, Count) = (timestampMs, histogram, 1);
    }

    private void Continue(long timestampMs, NativeHistogram histogram)
    {
        _bits.SetCount(Count + 1);
        long distance = unchecked(timestampMs - _time);
        _bits.Signed(unchecked(distance - _distance));
        if (histogram.IsFloat)
        {
            ContinueFloats(histogram);
        }
        else
        {
            ContinueIntegers(histogram);
        }

        (_time, _distance, _last) = (timestampMs, distance, histogram);
        Count++;
    }

    private void ContinueIntegers(NativeHistogram histogram)
    {
        if (histogram.IsStale)
        {
            _bits.Signed(0);
            _bits.Signed(0);
            _sum.Write(_bits, (ulong)(histogram.SumBits ^ _last.SumBits));
            return;
        }

        WriteChange((long)histogram.IntegerCount, (long)_last.IntegerCount, ref _countChange);
        WriteChange((long)histogram.IntegerZeroCount, (long)_last.IntegerZeroCount, ref _zeroCountChange);
        _sum.Write(_bits, (ulong)(histogram.SumBits ^ _last.SumBits));
        WriteChanges(histogram.PositiveDeltas, _last.PositiveDeltas, _positiveChanges);
        WriteChanges(histogram.NegativeDeltas, _last.NegativeDeltas, _negativeChanges);
    }

    private void ContinueFloats(NativeHistogram histogram)
    {
        if (histogram.IsStale)
        {
            _count.Write(_bits, 0);
            _zeroCount.Write(_bits, 0);
            _sum.Write(_bits, (ulong)(histogram.SumBits ^ _last.SumBits));
            return;
        }

        WriteDifference(ref _count, histogram.FloatCount, _last.FloatCount);
        WriteDifference(ref _zeroCount, histogram.FloatZeroCount, _last.FloatZeroCount);
        _sum.Write(_bits, (ulong)(histogram.SumBits ^ _last.SumBits));
        WriteDifferences(histogram.PositiveCounts, _last.PositiveCounts, _positive);
        WriteDifferences(histogram.NegativeCounts, _last.NegativeCounts, _negative);
    }

    private void WriteChanges(long[] values, long[] last, long[] changes)
    {
        for (int i = 0; i < values.Length; i++)
        {
            WriteChange(values[i], last[i], ref changes[i]);
        }
    }

    private void WriteChange(long value, long last, ref long lastChange)
    {
        long change = unchecked(value - last);
        _bits.Signed(unchecked(change - lastChange));
        lastChange = change;
    }

    private void WriteDifferences(double[] values, double[] last, XorWindow[] windows)
    {
        for (int i = 0; i < values.Length; i++)
        {
            WriteDifference(ref windows[i], values[i], last[i]);
        }
    }

    private void WriteDifference(ref XorWindow window, double value, double last) =>
        window.Write(_bits, BitConverter.DoubleToUInt64Bits(value) ^ BitConverter.DoubleToUInt64Bits(last));
}
