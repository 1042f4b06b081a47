namespace RemoteStore.Chunks.Tests.Support;

/// <summary>Runs of values as exporters and hazards make them, by seed.</summary>
internal static class Series
{
    private static readonly long[] s_odd =
    [
        0x7ff0000000000002, 0x7ff8000000000001, unchecked((long)0xfff8000000000000), 0x7ff0000000000001, -1, long.MinValue, 0, 1, 2,
        BitConverter.DoubleToInt64Bits(double.PositiveInfinity), BitConverter.DoubleToInt64Bits(double.NegativeInfinity), BitConverter.DoubleToInt64Bits(double.MaxValue),
        BitConverter.DoubleToInt64Bits(double.Epsilon), BitConverter.DoubleToInt64Bits(-double.Epsilon), BitConverter.DoubleToInt64Bits(1e300),
        BitConverter.DoubleToInt64Bits(1e-300), BitConverter.DoubleToInt64Bits(9007199254740992), BitConverter.DoubleToInt64Bits(9007199254740994),
        BitConverter.DoubleToInt64Bits(-9007199254740992), BitConverter.DoubleToInt64Bits(0.30000000000000004), BitConverter.DoubleToInt64Bits(1e22),
        BitConverter.DoubleToInt64Bits(1e23), BitConverter.DoubleToInt64Bits(123456789012345.67), BitConverter.DoubleToInt64Bits(-76.32600000000001),
        BitConverter.DoubleToInt64Bits(1e-22), BitConverter.DoubleToInt64Bits(5e-324), BitConverter.DoubleToInt64Bits(2.2250738585072014e-308), long.MaxValue,
    ];

    /// <summary>The kinds of <see cref="Make"/>.</summary>
    public const int Kinds = 27;

    /// <summary>Makes a run.</summary>
    public static long[] Make(int kind, int count, Random random)
    {
        Func<int, double> value = Numbers(kind, random);
        long[] bits = new long[count];
        for (int i = 0; i < count; i++)
        {
            bits[i] = BitConverter.DoubleToInt64Bits(value(i));
        }

        Spoil(kind, bits, random);
        return bits;
    }

    private static Func<int, double> Numbers(int kind, Random random)
    {
        double at = random.Next(1000);
        double step = random.Next(1, 100);
        long integer = random.NextInt64(1L << random.Next(1, 50));
        int digits = random.Next(1, 12);
        return kind switch
        {
            0 => _ => step,
            1 => _ => integer += random.Next(20),
            2 => i => integer + (i * 15L),
            3 => i => integer + (i * (long)i * 3),
            4 => _ => (integer += random.Next(-50, 51)) / 100.0,
            5 => _ => random.Next(100000) / 1000.0,
            6 => _ => random.Next(500) * 4096.0,
            7 => _ => at += random.Next(6) == 0 ? random.Next(1, 40) : 0,
            8 => _ => at += random.NextDouble() / 3,
            9 => _ => at += random.Next(100000) * 1e-9,
            10 => _ => random.Next(100000) * 0.001,
            11 => _ => random.NextDouble(),
            12 => _ => random.NextDouble() - 0.5,
            13 => _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
            14 => i => (i / 40 % 2 * 1000) + random.Next(3),
            15 => _ => random.Next(10) == 0 ? random.NextInt64(1L << 50) : random.Next(16),
            16 => _ => Math.Round(random.NextDouble() * 1000, digits),
            17 => _ => integer += 1L << 20,
            18 => i => 1.7e9 + i + (random.Next(1000) / 1e3),
            19 => _ => random.Next(2),
            20 => i => i % 4 == 0 ? at += random.Next(1, 9) : at,
            21 => _ => -(integer += random.Next(7)),
            22 => _ => Math.Round((random.NextDouble() - 0.5) * 1e6, 3),
            23 => i => i < 5 ? 1 : 2,
            24 => _ => Math.ScaleB(random.NextDouble(), random.Next(-1000, 1000)),
            25 => _ => step / 10,
            _ => _ => Math.PI * step,
        };
    }

    /// <summary>Puts odd patterns into some runs: few, many, alternating, at the start.</summary>
    private static void Spoil(int kind, long[] bits, Random random)
    {
        switch (random.Next(kind == 13 ? 4 : 12))
        {
            case 0:
                bits[random.Next(bits.Length)] = s_odd[random.Next(s_odd.Length)];
                break;
            case 1:
                for (int i = 0; i < bits.Length; i++)
                {
                    bits[i] = random.Next(3) == 0 ? s_odd[random.Next(s_odd.Length)] : bits[i];
                }

                break;
            case 2:
                bits.AsSpan(0, random.Next(bits.Length)).Fill(s_odd[random.Next(s_odd.Length)]);
                break;
            case 3:
                bits.AsSpan(random.Next(bits.Length)).Fill(s_odd[0]);
                break;
            default:
                break;
        }
    }
}
