namespace RemoteStore.Benchmarks.Load;

/// <summary>The moving values of a batch of series; a few nanoseconds per value, so that the generator costs next to nothing.</summary>
internal sealed class SeriesValues
{
    private readonly ValueKind[] _kinds;
    private readonly double[] _values;
    private ulong _state;
    private double _bucketGrowth;

    public SeriesValues(ValueKind[] kinds, int seed)
    {
        _kinds = kinds;
        _values = new double[kinds.Length];
        _state = (ulong)seed * 0x9E3779B97F4A7C15 | 1;
        Restart();
    }

    /// <summary>Number of series.</summary>
    public int Count => _values.Length;

    /// <summary>Every series begins anew, as those of a new target do.</summary>
    public void Restart()
    {
        for (int i = 0; i < _kinds.Length; i++)
        {
            _values[i] = _kinds[i] switch
            {
                ValueKind.Constant => Constant(i),
                ValueKind.Seconds => Next(1_000_000) / 100.0,
                ValueKind.DurationSum => Next(1_000_000) * 0.0123456789,
                ValueKind.Decimal => Next(4000) / 1000.0,
                ValueKind.WholeGauge => Next(500),
                ValueKind.Bytes => Next(1 << 20) * 4096.0,
                _ => Next(10_000_000),
            };
        }
    }

    /// <summary>The next scrape's value of a series; call for all series in order, because the buckets of a histogram grow together.</summary>
    public double Advance(int series)
    {
        ref double value = ref _values[series];
        switch (_kinds[series])
        {
            case ValueKind.Constant:
                break;
            case ValueKind.Counter:
                value += Next(2000);
                break;
            case ValueKind.SlowCounter:
                value += Next(8) == 0 ? Next(64) : 0;
                break;
            case ValueKind.Seconds:
                value = (Math.Round(value * 100) + Next(1500)) / 100;
                break;
            case ValueKind.DurationSum:
                value += Next(1 << 30) * 1e-9;
                break;
            case ValueKind.Decimal:
                value = Math.Abs(Math.Round(value * 1000) + Next(201) - 100) / 1000;
                break;
            case ValueKind.WholeGauge:
                value = Math.Abs(value + Next(11) - 5);
                break;
            case ValueKind.Bytes:
                value = Math.Abs(value + ((Next(401) - 200) * 4096.0));
                break;
            case ValueKind.FirstBucket:
                _bucketGrowth = Next(4);
                value += _bucketGrowth;
                break;
            case ValueKind.NextBucket:
                _bucketGrowth += Next(3);
                value += _bucketGrowth;
                break;
        }

        return value;
    }

    private double Constant(int series) => Next(4) switch
    {
        0 => 0,
        1 => 1,
        2 => (series + 1) * 1024.0 * 4096,
        _ => Next(100_000),
    };

    private int Next(int bound)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (int)((_state >> 32) * (ulong)bound >> 32);
    }
}
