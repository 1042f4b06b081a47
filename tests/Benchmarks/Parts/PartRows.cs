namespace RemoteStore.Benchmarks.Parts;

/// <summary>
/// Rows as scrapes give them: targets of 500 series that share a timestamp with a few ms of jitter; counters, histogram buckets, gauges with two decimals,
/// byte gauges, sums of seconds and constants.
/// </summary>
internal sealed class PartRows
{
    public const int SeriesPerTarget = 500;

    private readonly double[] _state;
    private readonly Random _random = new(1);
    private int _scrape;

    public PartRows(int series, int samplesPerPart)
    {
        Series = series;
        SamplesPerPart = samplesPerPart;
        _state = new double[series];
        for (int i = 0; i < series; i++)
        {
            _state[i] = Kind(i) switch
            {
                < 7 => _random.Next(1_000_000),
                < 10 => _random.Next(100, 100_000) / 100.0,
                < 12 => _random.Next(1, 1 << 20) * 4096.0,
                < 14 => _random.NextDouble() * 1000,
                _ => _random.Next(3),
            };
        }
    }

    public int Series { get; }

    public int SamplesPerPart { get; }

    public int Count => Series * SamplesPerPart;

    public uint[] Refs { get; private set; } = [];

    public long[] Timestamps { get; private set; } = [];

    public long[] ValueBits { get; private set; } = [];

    /// <summary>Fills the columns with the next scrapes, ascending by (ref, time).</summary>
    public void Next()
    {
        int samples = SamplesPerPart;
        Refs = new uint[Count];
        Timestamps = new long[Count];
        ValueBits = new long[Count];
        for (int target = 0; target < Series; target += SeriesPerTarget)
        {
            for (int s = 0; s < samples; s++)
            {
                long time = 1_700_000_000_000 + (_scrape + s) * 15_000L + target * 7 % 15_000 + _random.Next(-3, 4);
                for (int i = target; i < Math.Min(Series, target + SeriesPerTarget); i++)
                {
                    Advance(i);
                    int row = i * samples + s;
                    Refs[row] = (uint)i;
                    Timestamps[row] = time;
                    ValueBits[row] = BitConverter.DoubleToInt64Bits(_state[i]);
                }
            }
        }

        _scrape += samples;
    }

    private static int Kind(int series) => (int)((uint)series * 2654435761 >> 16) % 20;

    private void Advance(int i)
    {
        _state[i] = Kind(i) switch
        {
            < 4 => _state[i] + _random.Next(200),
            < 7 => _state[i] + _random.Next(4),
            < 10 => Math.Round(_state[i] + (_random.NextDouble() - 0.5) * 2, 2),
            < 12 => _state[i] + (_random.Next(101) - 50) * 4096.0,
            < 14 => _state[i] + _random.NextDouble(),
            _ => _state[i],
        };
    }
}
