using RemoteStore.Benchmarks.Load;

namespace RemoteStore.Benchmarks.Chunks;

/// <summary>Series that are hard in one way each, for the worst cases that captured data does not hold.</summary>
internal static class SyntheticSeries
{
    public static IReadOnlyList<string> Names { get; } = ["random doubles", "float sums", "latencies, 9 decimals", "2 decimals, random walk", "counter", "byte gauge", "half NaN"];

    /// <summary>64 series of 480 samples.</summary>
    public static List<DumpSeries> Make(string name)
    {
        var random = new Random(7);
        List<DumpSeries> all = [];
        for (int i = 0; i < 64; i++)
        {
            Func<double> next = Next(name, random);
            long[] timestamps = new long[480];
            long[] bits = new long[480];
            for (int j = 0; j < bits.Length; j++)
            {
                timestamps[j] = 1795359965951 + (15000L * j);
                bits[j] = BitConverter.DoubleToInt64Bits(next());
            }

            all.Add(new DumpSeries(name, [], timestamps, bits));
        }

        return all;
    }

    /// <summary>64 series of 5,760 samples, a day, of one kind as the load generator makes them.</summary>
    public static List<DumpSeries> Make(ValueKind kind)
    {
        var values = new SeriesValues([.. Enumerable.Range(0, 64).Select(i => kind == ValueKind.NextBucket && i % 8 == 0 ? ValueKind.FirstBucket : kind)], 1);
        long[][] bits = [.. Enumerable.Range(0, values.Count).Select(static _ => new long[5760])];
        for (int i = 0; i < 5760; i++)
        {
            for (int series = 0; series < bits.Length; series++)
            {
                bits[series][i] = BitConverter.DoubleToInt64Bits(values.Advance(series));
            }
        }

        var random = new Random(3);
        long[] timestamps = [.. Enumerable.Range(0, 5760).Select(i => 1795359965951 + (15000L * i) + random.Next(-5, 6))];
        return [.. bits.Select(one => new DumpSeries(kind.ToString(), [], timestamps, one))];
    }

    private static Func<double> Next(string name, Random random)
    {
        double sum = random.Next(100000);
        long integer = random.Next(1000000);
        return name switch
        {
            "random doubles" => random.NextDouble,
            "float sums" => () => sum += random.NextDouble(),
            "latencies, 9 decimals" => () => random.Next(3000000) / 1e9,
            "2 decimals, random walk" => () => (integer += random.Next(-100, 101)) / 100.0,
            "counter" => () => integer += random.Next(100),
            "byte gauge" => () => random.Next(100000) * 4096.0,
            _ => () => random.Next(2) == 0 ? double.NaN : random.Next(100),
        };
    }
}
