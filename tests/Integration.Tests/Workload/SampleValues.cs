using RemoteStore.Model.Samples;

namespace RemoteStore.Integration.Tests.Workload;

/// <summary>The value of every sample as a function of where it belongs, so that a checker need not remember values.</summary>
internal static class SampleValues
{
    /// <summary>Bits of a sample: decimals, counters, any 64-bit pattern, and the patterns that are easily spoilt.</summary>
    public static long Bits(int writer, int series, int step)
    {
        ulong mixed = Mix(((ulong)writer << 56) ^ ((ulong)series << 32) ^ (uint)step);
        return (mixed >> 58) switch
        {
            0 => SampleBits.StaleMarker,
            1 => SampleBits.NormalNaN,
            2 => BitConverter.DoubleToInt64Bits(-0.0),
            3 => BitConverter.DoubleToInt64Bits(double.NegativeInfinity),
            4 => unchecked((long)0xfff4_0000_dead_beef),
            < 24 => (long)Mix(mixed),
            < 44 => BitConverter.DoubleToInt64Bits((mixed & 0xffff) / 100.0),
            _ => BitConverter.DoubleToInt64Bits(((long)step * 17) + (long)(mixed & 15)),
        };
    }

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
