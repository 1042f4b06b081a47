using CsCheck;
using RemoteStore.Model.Histograms;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

public sealed class ReferenceLogarithmTests
{
    [Fact]
    public void Log2_PowersOfTwo_AreExact()
    {
        for (int power = -1074; power < 1024; power++)
        {
            ReferenceLogarithm.Log2(Math.ScaleB(1, power)).ShouldBe(power);
            ReferenceLogarithm.Exp2(power).ShouldBe(Math.ScaleB(1, power));
        }
    }

    [Fact]
    public void Log2_AnyPositive_IsWithinTwoUnitsInTheLastPlace() => Gen.Double[1e-300, 1e300].Sample(static v =>
    {
        double expected = Math.Log2(v);
        Math.Abs(ReferenceLogarithm.Log2(v) - expected).ShouldBeLessThanOrEqualTo(2 * Math.Max(Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected), 1e-16));
    });

    [Fact]
    public void Exp2_AnyPower_IsWithinOneUnitInTheLastPlace() => Gen.Double[-1000, 1000].Sample(static v =>
    {
        double expected = Math.Pow(2, v);
        Math.Abs(ReferenceLogarithm.Exp2(v) - expected).ShouldBeLessThanOrEqualTo(Math.BitIncrement(expected) - expected);
    });

    [Theory]
    [InlineData(double.NaN, double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, double.NaN, 0)]
    [InlineData(0, double.NegativeInfinity, 1)]
    public void Both_SpecialValues_AreAsUsual(double value, double logarithm, double power)
    {
        ReferenceLogarithm.Log2(value).ShouldBe(logarithm);
        ReferenceLogarithm.Exp2(value).ShouldBe(power);
    }
}
