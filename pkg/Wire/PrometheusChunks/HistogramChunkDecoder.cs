using RemoteStore.Model.Samples;

namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>
/// Reads the histograms of a chunk of Prometheus one after another, as Prometheus does: a stale marker comes bare, without counts, layout and hint. Any bytes give
/// histograms or <see cref="InvalidDataException"/>; whether they are valid and their times ascend is for the caller to check.
/// </summary>
public ref struct HistogramChunkDecoder
{
    private const int HeaderBytes = FloatChunkDecoder.CountBytes + 1;

    private readonly bool _isFloat;
    private readonly byte _header;
    private readonly int _count;
    private BitReader _bits;
    private HistogramLayout? _layout;
    private int _read;
    private long _distance;
    private long _integerCount;
    private long _integerCountChange;
    private long _integerZeroCount;
    private long _integerZeroCountChange;
    private long _floatCount;
    private long _floatZeroCount;
    private long _sum;
    private XorWindow _countWindow;
    private XorWindow _zeroCountWindow;
    private XorWindow _sumWindow;
    private long[] _positive = [];
    private long[] _negative = [];
    private long[] _positiveChanges = [];
    private long[] _negativeChanges = [];
    private XorWindow[] _positiveWindows = [];
    private XorWindow[] _negativeWindows = [];

    /// <summary>Stands before the first histogram.</summary>
    /// <param name="encoding"><see cref="ChunkEncoding.Histogram"/> or <see cref="ChunkEncoding.FloatHistogram"/>.</param>
    /// <param name="chunk">The chunk.</param>
    /// <exception cref="InvalidDataException">It has no header, or is one of floats.</exception>
    public HistogramChunkDecoder(ChunkEncoding encoding, ReadOnlySpan<byte> chunk)
    {
        if (encoding is not (ChunkEncoding.Histogram or ChunkEncoding.FloatHistogram))
        {
            throw new InvalidDataException($"chunk encoding {(int)encoding} is not one of histograms");
        }

        if (chunk.Length < HeaderBytes)
        {
            throw new InvalidDataException("the chunk ends within its header");
        }

        _isFloat = encoding == ChunkEncoding.FloatHistogram;
        _count = FloatChunkDecoder.Count(chunk);
        _header = chunk[HeaderBytes - 1];
        _bits = new BitReader(chunk[HeaderBytes..]);
    }

    /// <summary>Time of the histogram read last, milliseconds since the Unix epoch.</summary>
    public long TimestampMs { get; private set; }

    /// <summary>Reads the next histogram; null at the end.</summary>
    /// <exception cref="InvalidDataException">The chunk ends first, or is not possible.</exception>
    public NativeHistogram? Next()
    {
        if (_read == _count)
        {
            return null;
        }

        if (_layout is null)
        {
            ReadFirst();
        }
        else
        {
            ReadFurther();
        }

        _read++;
        return _sum == SampleBits.StaleMarker ? new NativeHistogram { IsFloat = _isFloat, SumBits = _sum } : Current(_layout!);
    }

    private readonly NativeHistogram Current(HistogramLayout layout) => new()
    {
        IsFloat = _isFloat,
        CounterResetHint = HistogramChunkHeader.HintOf(_header, isFirst: _read == 1),
        Schema = layout.Schema,
        ZeroThreshold = layout.ZeroThreshold,
        IntegerCount = (ulong)_integerCount,
        IntegerZeroCount = (ulong)_integerZeroCount,
        FloatCount = BitConverter.Int64BitsToDouble(_floatCount),
        FloatZeroCount = BitConverter.Int64BitsToDouble(_floatZeroCount),
        SumBits = _sum,
        PositiveSpans = layout.PositiveSpans,
        NegativeSpans = layout.NegativeSpans,
        PositiveDeltas = _isFloat ? [] : [.. _positive],
        NegativeDeltas = _isFloat ? [] : [.. _negative],
        PositiveCounts = _isFloat ? Array.ConvertAll(_positive, BitConverter.Int64BitsToDouble) : [],
        NegativeCounts = _isFloat ? Array.ConvertAll(_negative, BitConverter.Int64BitsToDouble) : [],
        CustomValues = layout.CustomValues,
    };

    private void ReadFirst()
    {
        _layout = HistogramLayout.Read(ref _bits);
        int buckets = HistogramLayout.Bounded((ulong)_layout.PositiveBuckets + (ulong)_layout.NegativeBuckets, _bits.BitsLeft / (_isFloat ? 64 : 1));
        _positive = new long[_layout.PositiveBuckets];
        _negative = new long[buckets - _positive.Length];
        TimestampMs = _bits.Signed();
        if (_isFloat)
        {
            _positiveWindows = new XorWindow[_positive.Length];
            _negativeWindows = new XorWindow[_negative.Length];
            _floatCount = _bits.Float();
            _floatZeroCount = _bits.Float();
        }
        else
        {
            _positiveChanges = new long[_positive.Length];
            _negativeChanges = new long[_negative.Length];
            _integerCount = (long)_bits.Unsigned();
            _integerZeroCount = (long)_bits.Unsigned();
        }

        _sum = _bits.Float();
        ReadFirst(_positive);
        ReadFirst(_negative);
    }

    private void ReadFirst(long[] buckets)
    {
        for (int i = 0; i < buckets.Length; i++)
        {
            buckets[i] = _isFloat ? _bits.Float() : _bits.Signed();
        }
    }

    private void ReadFurther()
    {
        _distance = unchecked(_distance + _bits.Signed());
        TimestampMs = unchecked(TimestampMs + _distance);
        if (_isFloat)
        {
            _floatCount ^= (long)_countWindow.Read(ref _bits);
            _floatZeroCount ^= (long)_zeroCountWindow.Read(ref _bits);
        }
        else
        {
            ReadChange(ref _integerCount, ref _integerCountChange);
            ReadChange(ref _integerZeroCount, ref _integerZeroCountChange);
        }

        _sum ^= (long)_sumWindow.Read(ref _bits);
        if (_sum == SampleBits.StaleMarker)
        {
            return; // what else it had is not in the chunk
        }

        if (_isFloat)
        {
            ReadDifferences(_positive, _positiveWindows);
            ReadDifferences(_negative, _negativeWindows);
        }
        else
        {
            ReadChanges(_positive, _positiveChanges);
            ReadChanges(_negative, _negativeChanges);
        }
    }

    private void ReadChanges(long[] values, long[] changes)
    {
        for (int i = 0; i < values.Length; i++)
        {
            ReadChange(ref values[i], ref changes[i]);
        }
    }

    private void ReadChange(ref long value, ref long change)
    {
        change = unchecked(change + _bits.Signed());
        value = unchecked(value + change);
    }

    private void ReadDifferences(long[] values, XorWindow[] windows)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] ^= (long)windows[i].Read(ref _bits);
        }
    }
}
