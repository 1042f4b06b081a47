using CsCheck;
using RemoteStore.Chunks.Tests.Support;
using RemoteStore.Primitives.Encoding;
using Shouldly;
using Xunit;

namespace RemoteStore.Chunks.Tests;

/// <summary>The bytes of a chunk depend on its samples alone.</summary>
public sealed class HintTests
{
    [Fact]
    public void Encode_AnyHint_GivesTheSameBytes() =>
        Gen.Select(Gen.Int[0, Series.Kinds - 1], Gen.Int[0, Series.Kinds - 1], Gen.Int[1, 400], Gen.Int).Sample((kind, other, count, seed) =>
        {
            var random = new Random(seed);
            long[] values = Series.Make(kind, count, random);
            Encoded expected = Codec.EncodeValues(values);

            foreach (CodecHint hint in Hints(other, random))
            {
                CodecHint used = hint;
                Encoded chunk = Codec.EncodeValues(values, ref used);
                chunk.Header.ShouldBe(expected.Header);
                chunk.Packed.ShouldBe(expected.Packed);

                // And what the hint became must be as harmless.
                Codec.EncodeValues(values, ref used).Header.ShouldBe(expected.Header);
            }
        });

    [Fact]
    public void Encode_ValuesBetweenTwoExponents_GivesTheSameBytesForEveryHint()
    {
        // A few values with more digits than the others: the place where a shortcut and the whole search are most likely to part.
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            int few = random.Next(1, 100);
            int digits = random.Next(1, 16);
            long[] values = new long[random.Next(2, 200)];
            for (int i = 0; i < values.Length; i++)
            {
                double value = random.Next(100) < few ? Math.Round(random.NextDouble() * 10, digits) : random.Next(1000);
                values[i] = random.Next(30) == 0 ? BitConverter.DoubleToInt64Bits(double.NaN) : BitConverter.DoubleToInt64Bits(value);
            }

            Encoded expected = Codec.EncodeValues(values);
            for (int exponent = -1; exponent <= 22; exponent++)
            {
                CodecHint hint = default;
                if (exponent < 0)
                {
                    hint.SetNotDecimal();
                }
                else
                {
                    hint.SetDecimal(exponent);
                }

                Encoded chunk = Codec.EncodeValues(values, ref hint);
                chunk.Header.ShouldBe(expected.Header, $"seed {seed}, exponent {exponent}");
                chunk.Packed.ShouldBe(expected.Packed);
            }
        }
    }

    [Fact]
    public void Encode_UsedEncoder_GivesTheBytesOfANewOne()
    {
        var random = new Random(8);
        var encoder = new ValueChunkEncoder();
        for (int i = 0; i < 500; i++)
        {
            long[] values = Series.Make(i % Series.Kinds, random.Next(1, 300), random);
            var header = new ByteBuffer();
            var packed = new ByteBuffer();
            CodecHint none = default;
            encoder.Encode(values, ref none, header, packed);

            Encoded expected = Codec.EncodeValues(values);
            header.Written.ToArray().ShouldBe(expected.Header);
            packed.Written.ToArray().ShouldBe(expected.Packed);
        }
    }

    private static IEnumerable<CodecHint> Hints(int kind, Random random)
    {
        CodecHint fromOther = default;
        Codec.EncodeValues(Series.Make(kind, 100, random), ref fromOther);
        yield return fromOther;

        CodecHint notDecimal = default;
        notDecimal.SetNotDecimal();
        yield return notDecimal;

        for (int exponent = 0; exponent <= 22; exponent += random.Next(1, 6))
        {
            CodecHint hint = default;
            hint.SetDecimal(exponent);
            yield return hint;
        }
    }
}
