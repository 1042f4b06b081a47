using CsCheck;
using RemoteStore.Primitives.Numerics;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Numerics;

/// <summary>What is computed in lanes has the bits of what is computed one by one.</summary>
public sealed class VectorSumTests
{
    private static readonly Gen<double> s_value = Gen.Frequency(
        (6, Gen.Double[-1000, 1000]),
        (2, Gen.Int[-3, 3].Select(static i => (double)i)),
        (2, OneOf(1e100, -1e100, 1, 1e-320, -0.0)),
        (1, OneOf(double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, -double.MaxValue)));

    private static readonly Gen<(double[] Values, int[] First, int[] End)> s_scattered =
        from values in s_value.Array[1, 60]
        from ends in Gen.Int[1, values.Length].Array[0, 40]
        from lengths in Gen.Int[1, 20].Array[ends.Length]
        select (values, ends.Select((end, i) => Math.Max(0, end - lengths[i])).ToArray(), ends);

    private static readonly Gen<(double[] Values, int[] First, int[] End)> s_regular =
        from stride in Gen.Int[0, 6]
        from start in Gen.Int[0, 5]
        from lengths in Gen.Int[1, 20].Array[1, 40]
        from values in s_value.Array[start + (stride * lengths.Length) + 20]
        select (
            values,
            lengths.Select((_, i) => start + (i * stride)).ToArray(),
            lengths.Select((length, i) => start + (i * stride) + length).ToArray());

    private static readonly Gen<(double[] Values, int[] First, int[] End)> s_windows = Gen.Frequency((1, s_scattered), (3, s_regular));

    [Fact]
    public void AddColumn_AnyColumns_HasTheBitsOfTheScalarForm() => Gen.Select(s_value, s_value, s_value).Array[0, 40].Sample(rows =>
    {
        double[] increments = [.. rows.Select(static r => r.Item1)];
        double[] sums = [.. rows.Select(static r => r.Item2)];
        double[] compensations = [.. rows.Select(static r => r.Item3)];
        double[] expectedSums = [.. sums];
        double[] expectedCompensations = [.. compensations];
        bool infinite = rows.Any(static r => double.IsInfinity(r.Item1 + r.Item2));

        CompensatedSums.AnyInfinite(increments, sums).ShouldBe(infinite);
        CompensatedSums.AddColumn(increments, sums, compensations);
        CompensatedSums.AddColumnScalar(increments, expectedSums, expectedCompensations);

        Bits(sums).ShouldBe(Bits(expectedSums));
        Bits(compensations).ShouldBe(Bits(expectedCompensations));
    });

    [Fact]
    public void SumWindows_AnyWindows_HasTheBitsOfTheScalarForm() => s_windows.Sample(one =>
    {
        double[] sums = new double[one.First.Length];
        double[] compensations = new double[one.First.Length];
        double[] expectedSums = new double[one.First.Length];
        double[] expectedCompensations = new double[one.First.Length];

        CompensatedSums.SumWindows(one.Values, one.First, one.End, sums, compensations, new double[one.Values.Length + 64]);
        CompensatedSums.SumWindowsScalar(one.Values, one.First, one.End, expectedSums, expectedCompensations);

        Bits(sums).ShouldBe(Bits(expectedSums));
        Bits(compensations).ShouldBe(Bits(expectedCompensations));
    });

    [Fact]
    public void Variances_AnyWindows_HaveTheBitsOfTheScalarForm() => s_windows.Sample(one =>
    {
        double[] variances = new double[one.First.Length];
        double[] expected = new double[one.First.Length];

        WindowVariances.Compute(one.Values, one.First, one.End, variances, new double[one.Values.Length + 64]);
        WindowVariances.ComputeScalar(one.Values, one.First, one.End, expected);

        Bits(variances).ShouldBe(Bits(expected));
    });

    [Fact]
    public void SumWindows_OfHugeAndSmall_KeepsWhatPlainSumsLose()
    {
        double[] values = [.. Enumerable.Range(0, 32).Select(static i => i % 4 == 0 ? 1e100 : i % 4 == 2 ? -1e100 : 1)];
        int[] first = [.. Enumerable.Range(0, 8).Select(static i => i * 4)];
        int[] end = [.. first.Select(static f => f + 4)];
        double[] sums = new double[8];
        double[] compensations = new double[8];

        CompensatedSums.SumWindows(values, first, end, sums, compensations, new double[96]);

        sums.Zip(compensations, static (sum, compensation) => sum + compensation).ShouldAllBe(static total => total == 2);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 2)]
    [InlineData(5, 11)]
    public void SumWindows_WindowEmptyOrOutside_Throws(int from, int to)
    {
        double[] values = new double[10];
        int[] first = [.. Enumerable.Range(0, 8).Select(i => from + i)];
        int[] end = [.. Enumerable.Range(0, 8).Select(i => to + i)];

        Should.Throw<Exception>(() => CompensatedSums.SumWindows(values, first, end, new double[8], new double[8], new double[80]));
    }

    [Fact]
    public void NextDescent_AnyColumn_IsThatOfTheScalarForm() => Gen.Select(s_value.Array[0, 40], Gen.Int[1, 5]).Sample((values, from) =>
        Descents.Next(values, from).ShouldBe(Descents.NextScalar(values, from)));

    private static Gen<double> OneOf(params double[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Of NaNs only that they are NaN: which one an operation gives is left to the processor.</summary>
    private static long[] Bits(double[] values) =>
        [.. values.Select(static v => BitConverter.DoubleToInt64Bits(double.IsNaN(v) ? double.NaN : v))];
}
