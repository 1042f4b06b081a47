using System.Globalization;
using CsCheck;
using RemoteStore.Primitives.Numerics;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Numerics;

public sealed class ShortestDecimalTests
{
    [Theory]
    [InlineData(double.Epsilon, 5, -324)]
    [InlineData(2.2250738585072014e-308, 22250738585072014, -324)]
    [InlineData(double.MaxValue, 17976931348623157, 292)]
    [InlineData(9007199254740993d, 9007199254740992, 0)]
    [InlineData(1e23, 1, 23)]
    [InlineData(9.5367431640625e-07, 95367431640625, -20)]
    [InlineData(4.35, 435, -2)]
    [InlineData(0.30000000000000004, 30000000000000004, -17)]
    [InlineData(4.1045368012983762e-289, 41045368012983762, -305)] // the platform prints a digit less, which is another number
    [InlineData(1, 1, 0)]
    public void Of_Value_IsItsShortestForm(double value, ulong digits, int exponent) =>
        ShortestDecimal.Of(value).ShouldBe(new ShortestDecimal(digits, exponent));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Of_NoPositiveNumber_Throws(double value) => Should.Throw<ArgumentOutOfRangeException>(() => ShortestDecimal.Of(value));

    [Fact]
    public void Of_AnyBits_IsWhatThePlatformFinds() => Gen.Long.Select(static bits => BitConverter.Int64BitsToDouble(bits & long.MaxValue))
        .Where(static value => double.IsFinite(value) && value > 0)
        .Sample(static value => ShortestDecimal.Of(value) == Naive(value), iter: 200_000);

    [Fact]
    public void Of_FewDigits_IsWhatThePlatformFinds() => Gen.Select(Gen.ULong[1, 99_999_999], Gen.Int[-320, 300])
        .Select(static (digits, exponent) => double.Parse($"{digits}e{exponent}", CultureInfo.InvariantCulture))
        .Where(static value => value > 0)
        .Sample(static value => ShortestDecimal.Of(value) == Naive(value), iter: 50_000);

    [Fact]
    public void Of_PowersOfTwoAndTheirNeighbours_AreWhatThePlatformFinds()
    {
        int differ = 0;
        for (int exponent = 0; exponent < 2047; exponent++)
        {
            long power = (long)exponent << 52;
            for (long bits = Math.Max(1, power - 3); bits <= power + 3; bits++)
            {
                double value = BitConverter.Int64BitsToDouble(bits);
                var found = ShortestDecimal.Of(value);
                Parse(found).ShouldBe(value);
                ShortestDecimal naive = Naive(value);
                if (Parse(naive) == value)
                {
                    found.ShouldBe(naive);
                }
                else
                {
                    differ++; // the platform takes the interval of some powers of two to be as wide below as it is above
                }
            }
        }

        differ.ShouldBeLessThan(10);
    }

    [Fact]
    public void Of_SmallSubnormals_AreWhatThePlatformFinds()
    {
        for (long bits = 1; bits < 5_000; bits++)
        {
            double value = BitConverter.Int64BitsToDouble(bits);
            ShortestDecimal.Of(value).ShouldBe(Naive(value));
        }
    }

    private static double Parse(ShortestDecimal value) => double.Parse($"{value.Digits}e{value.Exponent}", CultureInfo.InvariantCulture);

    private static ShortestDecimal Naive(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = mark < 0 ? text : text[..mark];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        string trimmed = digits.TrimEnd('0');
        exponent += digits.Length - trimmed.Length - (point < 0 ? 0 : digits.Length - point);
        return new ShortestDecimal(ulong.Parse(trimmed, CultureInfo.InvariantCulture), exponent);
    }
}
