using System.Globalization;
using System.Text;
using CsCheck;
using RemoteStore.Api.Json;

namespace RemoteStore.Api.Tests.Json;

public sealed class GoFloatTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1, "1")]
    [InlineData(-1, "-1")]
    [InlineData(10, "10")]
    [InlineData(100, "100")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.5, "0.5")]
    [InlineData(1.5, "1.5")]
    [InlineData(123456.789, "123456.789")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(0.00000123, "0.00000123")]
    [InlineData(9.99e-7, "9.99e-07")]
    [InlineData(1e-7, "1e-07")]
    [InlineData(1.5e-10, "1.5e-10")]
    [InlineData(1e-100, "1e-100")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1e16, "10000000000000000")]
    [InlineData(123456789012345680d, "123456789012345680")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(999999999999999900000d, "999999999999999900000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(-1e21, "-1e+21")]
    [InlineData(1.234e21, "1.234e+21")]
    [InlineData(1e22, "1e+22")]
    [InlineData(1e23, "1e+23")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.Epsilon, "5e-324")]
    [InlineData(2.2250738585072014e-308, "2.2250738585072014e-308")]
    [InlineData(9007199254740993d, "9007199254740992")]
    [InlineData(0.3, "0.3")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(4.35, "4.35")]
    [InlineData(16777216, "16777216")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Format_Value_PrintsAsGoDoes(double value, string expected) => Format(value).ShouldBe(expected);

    [Fact]
    public void Format_AnyBits_ReadsBackAsTheSameValue() => Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite).Sample(static value =>
        BitConverter.DoubleToInt64Bits(double.Parse(Format(value), CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(value));

    [Fact]
    public void Format_OrdinaryMagnitudes_HaveNoExponent() => Gen.Double[1e-6, 1e20].Sample(static value => !Format(value).Contains('e', StringComparison.Ordinal));

    [Fact]
    public void Format_AnyBits_IsTheReshapedTextOfThePlatform() => Gen.Long.Select(BitConverter.Int64BitsToDouble).Sample(
        static value => Format(value) == Naive(value), iter: 200_000);

    [Fact]
    public void Format_OrdinaryValues_AreTheReshapedTextOfThePlatform() => Gen.Select(Gen.Double[-1e22, 1e22], Gen.Int[-12, 22])
        .Select(static (value, scale) => value / Math.Pow(10, scale))
        .Sample(static value => Format(value) == Naive(value), iter: 100_000);

    [Fact]
    public void Format_FewDecimals_AreTheReshapedTextOfThePlatform() => Gen.Select(Gen.Long[-99_999_999_999_999, 99_999_999_999_999], Gen.Int[0, 9])
        .Select(static (digits, decimals) => digits / Math.Pow(10, decimals))
        .Sample(static value => Format(value) == Naive(value), iter: 100_000);

    [Fact]
    public void FormatShort_AnyBits_IsTheReshapedTextOfThePlatform() => Gen.Long.Select(BitConverter.Int64BitsToDouble).Sample(
        static value => FormatShort(value) == Naive(value, 1e-4, 1e6), iter: 50_000);

    private static string Naive(double value, double leastPlain = 1e-6, double leastLarge = 1e21)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        string sign = double.IsNegative(value) ? "-" : "";
        value = Math.Abs(value);
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = mark < 0 ? text : text[..mark];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        exponent += point < 0 ? mantissa.Length : point; // of 0.digits
        string all = mantissa.Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimStart('0').TrimEnd('0');
        exponent -= all.Length - all.TrimStart('0').Length;
        if (value == 0)
        {
            return sign + "0";
        }

        if (value < leastPlain || value >= leastLarge)
        {
            string decimals = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{decimals}e{(exponent < 1 ? '-' : '+')}{Math.Abs(exponent - 1):00}");
        }

        return sign + (exponent <= 0 ? "0." + new string('0', -exponent) + digits
            : exponent >= digits.Length ? digits.PadRight(exponent, '0')
            : digits[..exponent] + "." + digits[exponent..]);
    }

    private static string Format(double value)
    {
        Span<byte> text = stackalloc byte[GoFloat.MaxLength];
        return Encoding.ASCII.GetString(text[..GoFloat.Format(value, text)]);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(100000, "100000")]
    [InlineData(1e6, "1e+06")]
    [InlineData(1234567, "1.234567e+06")]
    [InlineData(-1234567.5, "-1.2345675e+06")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1e-300, "1e-300")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void FormatShort_IsThatOfExpositions(double value, string expected)
    {
        FormatShort(value).ShouldBe(expected);
    }

    private static string FormatShort(double value)
    {
        Span<byte> text = stackalloc byte[GoFloat.MaxLength];
        return Encoding.ASCII.GetString(text[..GoFloat.FormatShort(value, text)]);
    }
}
