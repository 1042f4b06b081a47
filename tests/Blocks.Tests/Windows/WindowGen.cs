using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Tests.Windows;

/// <summary>Series of samples with all hazards of windows: gaps, samples at the ends of windows, stale markers, resets, special values.</summary>
internal static class WindowGen
{
    private static readonly double[] s_special =
        [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e308, -1e308, double.Epsilon, 0.1 + 0.2, 1e16, -1];

    public static List<(long Time, long Bits)> Samples(Random random, long from, long to, long resolutionMs)
    {
        var samples = new List<(long, long)>();
        int kind = random.Next(6);
        long interval = random.Next(3) switch { 0 => Math.Max(1, resolutionMs / 4), 1 => Math.Max(1, resolutionMs / 20), _ => random.NextInt64(1, (2 * resolutionMs) + 2) };
        bool aligned = random.Next(2) == 0;
        double value = random.Next(1000);
        for (long time = aligned ? from : from + random.NextInt64(interval); time <= to;)
        {
            samples.Add((time, Bits(Next(random, kind, ref value))));
            if (random.Next(25) == 0 && time < to)
            {
                samples.Add((++time, SampleBits.StaleMarker));
                time += random.NextInt64(3 * resolutionMs); // the series comes back after a while
            }

            time += aligned ? interval : Math.Max(1, interval + random.NextInt64((-interval / 3) - 1, (interval / 3) + 2));
        }

        return samples;
    }

    public static SampleBuffer Fill(SampleBuffer buffer, IEnumerable<(long Time, long Bits)> samples)
    {
        buffer.Clear();
        foreach ((long time, long bits) in samples)
        {
            buffer.Add(time, bits);
        }

        return buffer;
    }

    private static double Next(Random random, int kind, ref double value)
    {
        switch (kind)
        {
            case 0: // a counter of whole numbers
                value = random.Next(20) == 0 ? random.Next(3) : value + random.Next(100);
                return value;
            case 1: // a counter of seconds
                value = random.Next(20) == 0 ? 0 : value + (random.Next(1 << 30) * 1e-9);
                return value;
            case 2: // a gauge
                value += random.NextDouble() - 0.5;
                return value;
            case 3:
                return value;
            case 4:
                return random.Next(4) == 0 ? s_special[random.Next(s_special.Length)] : random.Next(-100, 100);
            default: // values that cancel each other
                return (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-5, 15));
        }
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);
}
