using CsCheck;
using RemoteStore.Model.Histograms;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

/// <summary>Each kernel gives the bits of its scalar twin, for any length and value.</summary>
public sealed class CountVectorsTests
{
    private static readonly Gen<double> s_value = Gen.OneOf(
        Gen.Double, Gen.Double[-10, 10], HistogramText.OneOf(0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, 1e-320));

    private static readonly Gen<(double[] A, double[] B, double[] C)> s_arrays =
        Gen.Int[0, 40].SelectMany(static n => Gen.Select(s_value.Array[n], s_value.Array[n], s_value.Array[n]));

    [Fact]
    public void Add_AnyValues_IsTheScalarSum() => s_arrays.Sample(static v =>
        Same(v.A, a => CountVectors.Add(a, v.B), a => CountVectors.AddScalar(a, v.B)));

    [Fact]
    public void Subtract_AnyValues_IsTheScalarDifference() => s_arrays.Sample(static v =>
        Same(v.A, a => CountVectors.Subtract(a, v.B), a => CountVectors.SubtractScalar(a, v.B)));

    [Fact]
    public void AddCompensated_AnyValues_IsTheScalarSum() => s_arrays.Sample(static v =>
    {
        double[] compensations = [.. v.C];
        double[] scalarCompensations = [.. v.C];
        Same(v.A, a => CountVectors.AddCompensated(a, compensations, v.B), a => CountVectors.AddCompensatedScalar(a, scalarCompensations, v.B));
        Bits(compensations).ShouldBe(Bits(scalarCompensations));
    });

    [Fact]
    public void Multiply_AnyValues_IsTheScalarProduct() => Gen.Select(s_arrays, s_value).Sample(static (v, factor) =>
        Same(v.A, a => CountVectors.Multiply(a, factor), a => CountVectors.MultiplyScalar(a, factor)));

    [Fact]
    public void Divide_AnyValues_IsTheScalarQuotient() => Gen.Select(s_arrays, s_value).Sample(static (v, divisor) =>
        Same(v.A, a => CountVectors.Divide(a, divisor), a => CountVectors.DivideScalar(a, divisor)));

    [Fact]
    public void AnyLess_AnyValues_IsTheScalarAnswer() => s_arrays.Sample(static v =>
    {
        double[] mostlySame = [.. v.A.Select((a, i) => i % 7 == 6 ? v.B[i] : a)];
        CountVectors.AnyLess(mostlySame, v.A).ShouldBe(CountVectors.AnyLessScalar(mostlySame, v.A));
    });

    [Fact]
    public void AnyInfinite_AnyValues_IsTheScalarAnswer() => s_arrays.Sample(static v =>
        CountVectors.AnyInfinite(v.A).ShouldBe(CountVectors.AnyInfiniteScalar(v.A)));

    private static void Same(double[] start, Action<double[]> vector, Action<double[]> scalar)
    {
        double[] left = [.. start];
        double[] right = [.. start];
        vector(left);
        scalar(right);
        Bits(left).ShouldBe(Bits(right));
    }

    // Which of two NaNs an operation keeps is not the same in all instructions, and no matter.
    private static long[] Bits(double[] values) => [.. values.Select(static v => double.IsNaN(v) ? long.MaxValue : BitConverter.DoubleToInt64Bits(v))];
}
