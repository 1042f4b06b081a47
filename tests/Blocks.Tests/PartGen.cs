using CsCheck;
using RemoteStore.Model;
using RemoteStore.Model.Samples;

namespace RemoteStore.Blocks.Tests;

/// <summary>Generators of part contents: every kind of value and of timing that scrapes and hostile writers produce.</summary>
internal static class PartGen
{
    public const uint SeriesCount = 40;

    private static readonly long[] s_specialBits =
    [
        0, long.MinValue, SampleBits.StaleMarker, SampleBits.NormalNaN, 0x7ff0000000000001, unchecked((long)0xfff8000000000123), long.MaxValue, -1, 1,
        BitConverter.DoubleToInt64Bits(double.PositiveInfinity), BitConverter.DoubleToInt64Bits(double.NegativeInfinity),
        BitConverter.DoubleToInt64Bits(9007199254740993), BitConverter.DoubleToInt64Bits(9.2233720368547758e18),
        BitConverter.DoubleToInt64Bits(-9.2233720368547758e18), BitConverter.DoubleToInt64Bits(double.Epsilon), BitConverter.DoubleToInt64Bits(0.1),
    ];

    /// <summary>Any 64-bit pattern, the awkward and the common ones often.</summary>
    public static Gen<long> Bits { get; } = Gen.Frequency(
        (2, Gen.Long),
        (2, Gen.Int[0, s_specialBits.Length - 1].Select(i => s_specialBits[i])),
        (3, Gen.Int[-1000, 100000].Select(i => BitConverter.DoubleToInt64Bits(i))),
        (3, Gen.Int[-1000, 100000].Select(i => BitConverter.DoubleToInt64Bits(i / 100.0))),
        (1, Gen.Double.Select(BitConverter.DoubleToInt64Bits)),
        (1, Gen.Float.Select(f => BitConverter.DoubleToInt64Bits(f))));

    /// <summary>Contents of one part: up to three tenants, series that share timestamps and series that do not, some with histograms or both.</summary>
    public static Gen<PartModel> Part { get; } = Gen.Int.Select(seed => Build(new Random(seed)));

    public static TenantId Tenant(int number) => TenantId.Parse("tenant-" + number);

    public static PartModel Build(Random random, long firstTime = 1_700_000_000_000, bool extremes = true)
    {
        var model = new PartModel();
        for (int t = 0; t < 3; t++)
        {
            if (random.Next(3) == 0)
            {
                continue;
            }

            bool starts = random.Next(3) == 0;
            long[] shared = Timestamps(random, firstTime, extremes);
            for (uint seriesRef = 0; seriesRef < SeriesCount; seriesRef++)
            {
                int kind = random.Next(9);
                if (kind == 0)
                {
                    continue;
                }

                shared = random.Next(10) == 0 ? Timestamps(random, firstTime, extremes) : shared;
                AddSeries(model, random, Tenant(t), seriesRef, kind, random.Next(4) == 0 ? Timestamps(random, firstTime, extremes) : shared, starts);
            }
        }

        return model;
    }

    private static void AddSeries(PartModel model, Random random, TenantId tenant, uint seriesRef, int kind, long[] times, bool starts)
    {
        double level = random.Next(1000);
        foreach (long time in times)
        {
            long start = starts && random.Next(10) > 0 ? time / 100000 : 0;
            if (kind == 1 || (kind == 2 && random.Next(2) == 0))
            {
                byte[] payload = new byte[random.Next(60)];
                random.NextBytes(payload);
                model.AddHistogram(tenant, seriesRef, time, payload, start);
                continue;
            }

            long bits = kind switch
            {
                3 => random.NextInt64(long.MinValue, long.MaxValue),
                4 => s_specialBits[random.Next(s_specialBits.Length)],
                5 => BitConverter.DoubleToInt64Bits(Math.Round(level += random.NextDouble() - 0.5, 3)),
                6 => BitConverter.DoubleToInt64Bits(level),
                7 => BitConverter.DoubleToInt64Bits(random.NextDouble() * 100),
                _ => BitConverter.DoubleToInt64Bits(level += random.Next(100)),
            };
            model.AddFloat(tenant, seriesRef, time, random.Next(50) == 0 ? SampleBits.StaleMarker : bits, start);
        }
    }

    private static long[] Timestamps(Random random, long firstTime, bool extremes)
    {
        var times = new SortedSet<long>();
        int count = random.Next(10) == 0 ? random.Next(200) : random.Next(1, 12);
        if (extremes && random.Next(20) == 0)
        {
            times.UnionWith([long.MinValue, long.MaxValue, 0, -1]);
        }

        for (int i = 0; i < count; i++)
        {
            times.Add(firstTime + i * 15000L + random.Next(-5, 6));
        }

        return [.. times];
    }
}
