using System.Security.Cryptography;
using RemoteStore.Chunks.Integers;
using RemoteStore.Chunks.Kernels;
using RemoteStore.Chunks.Tests.Support;
using RemoteStore.Chunks.Values;
using Shouldly;
using Xunit;

namespace RemoteStore.Chunks.Tests;

/// <summary>What lies on disks: the numbers of enums, and chunks byte by byte. A change here is a new version of the format.</summary>
public sealed class FormatTests
{
    [Fact]
    public void Enums_PersistedNumbers_StayAsTheyAre()
    {
        Numbers<ColumnTransform>().ShouldBe("Constant 0, Plain 1, Delta 2, DeltaOfDelta 3, Sparse 4");
        Numbers<ValueDomain>().ShouldBe("Decimal 0, Bits 1, SignLastBits 2, Extended 3");
        Numbers<ExtendedDomain>().ShouldBe("Product 1, DecimalAndResidual 2");
        Numbers<PresenceForm>().ShouldBe("All 0, Window 1, Gaps 2, Bitmap 3");
        ((int)ColumnKind.Shifted, (int)ColumnKind.Mask, (int)ColumnKind.Patched).ShouldBe((0x40, 0x5c, 0x80));
        ((int)ValueKind.DomainMask, (int)ValueKind.Exceptions, (int)ValueKind.HasExponent).ShouldBe((3, 0x20, 0x80));
    }

    public static TheoryData<string, double[], string, string> Goldens => new()
    {
        { "constant", [5, 5, 5, 5], "000A", "" },
        { "constant decimal", [0.25, 0.25], "800232", "" },
        { "constant NaN", [double.NegativeInfinity, double.NegativeInfinity], "01000000000000F0FF", "" },
        { "plain", [1, 7, 3, 0, 6, 2, 5, 4], "040003", "F96095" },
        { "shifted", [4096, 8192, 20480, 12288, 28672, 8192, 24576, 16384], "440C804003", "08E574" },
        { "delta", [100, 101, 103, 104, 106, 107, 109, 110], "08C8010201", "2A" },
        { "delta with patches only", [5, 5, 5, 5, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8], "080A00800203080B01", "" },
        { "delta of delta", [0, 1, 4, 9, 16, 25, 36], "0C00020400", "" },
        { "sparse", [1, 1, 2, 2, 2, 4, 4, 5, 5, 5, 7, 7, 8, 8, 8, 9, 9], "10020201", "524A0A" },
        { "exception", [1, 2, 3, 4, double.NaN, 6, 7, 8], "2402030104000000000000F8FF", "88B6FA" },
    };

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Encode_Golden_GivesTheseBytes(string what, double[] values, string header, string packed)
    {
        long[] bits = [.. values.Select(BitConverter.DoubleToInt64Bits)];

        Encoded chunk = Codec.EncodeValues(bits);

        (Convert.ToHexString(chunk.Header), Convert.ToHexString(chunk.Packed)).ShouldBe((header, packed), what);
        Codec.DecodeValues(KernelLevel.Scalar, chunk, bits.Length).Values.ShouldBe(bits);
    }

    /// <summary>Many chunks of every kind in one number: the encoder must give the same bytes on every machine, whatever instructions it has.</summary>
    [Fact]
    public void Encode_ManyChunks_GivesTheSameBytesOnEveryMachine()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int kind = 0; kind < Series.Kinds; kind++)
        {
            var random = new Random(kind);
            foreach (int count in new[] { 1, 2, 3, 7, 8, 9, 31, 33, 63, 65, 120, 240, 481, 1024 })
            {
                Encoded chunk = Codec.EncodeValues(Series.Make(kind, count, random));
                hash.AppendData(chunk.Header);
                hash.AppendData(chunk.Packed);
            }
        }

        Convert.ToHexString(hash.GetHashAndReset())[..16].ShouldBe("73F4D8F75E355067");
    }

    [Fact]
    public void Encode_AllKindsOfSeries_UsesEveryPartOfTheFormat()
    {
        HashSet<string> seen = [];
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            for (int kind = 0; kind < Series.Kinds; kind++)
            {
                int count = random.Next(2, 500);
                byte[] header = Codec.EncodeValues(Series.Make(kind, count, random)).Header;
                var domain = (ValueDomain)(header[0] & ValueKind.DomainMask);
                ColumnTransform transform = ColumnKind.Transform(header[0]);
                seen.Add(domain == ValueDomain.Extended ? ((ExtendedDomain)header[1]).ToString() : domain.ToString());
                seen.Add($"{(domain is ValueDomain.Bits or ValueDomain.SignLastBits ? "bits" : "numbers")} {transform}");
                seen.Add((header[0] & ColumnKind.Shifted) != 0 ? "shifted" : "unshifted");
                seen.Add((header[0] & ValueKind.Exceptions) != 0 ? "exceptions" : "no exceptions");
                seen.Add((header[0] & ValueKind.HasExponent) != 0 ? "exponent" : "no exponent");
            }
        }

        string[] expected =
        [
            "Decimal", "Bits", "SignLastBits", "Product", "DecimalAndResidual", "shifted", "unshifted", "exceptions", "no exceptions", "exponent", "no exponent",
            "numbers Constant", "numbers Plain", "numbers Delta", "numbers DeltaOfDelta", "numbers Sparse", "bits Constant", "bits Plain", "bits Delta", "bits Sparse",
        ];
        expected.Except(seen).ShouldBeEmpty();
    }

    /// <summary>Every width a column can have, with and without patches, in every transform, at every level.</summary>
    [Fact]
    public void Decode_EveryWidthOfEveryTransform_GivesTheSameNumbers()
    {
        HashSet<(ColumnTransform, int, bool)> seen = [];
        var encoder = new IntegerColumnEncoder();
        for (int width = 0; width <= 64; width++)
        {
            for (int shape = 0; shape < 8; shape++)
            {
                var random = new Random((width * 8) + shape);
                long[] numbers = Numbers(shape, width, random.Next(60, 200), random);
                ColumnPlan plan = encoder.Plan(numbers, fixedAnchor: false);
                seen.Add((plan.Transform, plan.Frame.Width, plan.Frame.PatchCount > 0));
                Encoded chunk = Codec.EncodeTimestamps(numbers);
                foreach (KernelLevel level in Codec.Levels)
                {
                    Codec.DecodeTimestamps(level, chunk, numbers.Length).Values.ShouldBe(numbers, $"{level}, width {width}, shape {shape}");
                }
            }
        }

        foreach (ColumnTransform transform in new[] { ColumnTransform.Plain, ColumnTransform.Delta, ColumnTransform.DeltaOfDelta, ColumnTransform.Sparse })
        {
            int[] widths = [.. seen.Where(one => one.Item1 == transform).Select(static one => one.Item2).Distinct()];
            widths.Length.ShouldBeGreaterThan(50, transform.ToString());
            seen.ShouldContain(one => one.Item1 == transform && one.Item3, $"patched {transform}");
        }

        seen.Select(static one => one.Item2).Where(static width => width is > 57 and < 64).ShouldBeEmpty();
    }

    private static string Numbers<T>()
        where T : struct, Enum =>
        string.Join(", ", Enum.GetValues<T>().Select(static value => $"{value} {Convert.ToInt32(value)}"));

    /// <summary>Numbers whose plain values (shapes 0, 1), deltas (2, 3), second differences (4, 5) or changes (6, 7) have a width; odd shapes with outliers.</summary>
    private static long[] Numbers(int shape, int width, int count, Random random)
    {
        long[] numbers = new long[count];
        long value = random.NextInt64();
        long step = random.NextInt64();
        for (int i = 0; i < count; i++)
        {
            long noise = width == 0 ? 0 : (long)((ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - width));
            noise = shape % 2 == 1 && random.Next(30) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : noise;
            switch (shape / 2)
            {
                case 0:
                    numbers[i] = noise + 1000;
                    break;
                case 1:
                    numbers[i] = value += noise + 5;
                    break;
                case 2:
                    numbers[i] = value += step += noise + 5;
                    break;
                default:
                    numbers[i] = value += random.Next(3) == 0 ? noise + 1 : 0;
                    break;
            }
        }

        return numbers;
    }
}
