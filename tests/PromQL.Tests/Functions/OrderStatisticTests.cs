using CsCheck;
using RemoteStore.PromQL.Functions;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Functions;

public sealed class OrderStatisticTests
{
    private static readonly Gen<double> s_values = Gen.Frequency(
        (6, Gen.Double[-1e6, 1e6]), (3, Gen.Int[0, 3].Select(static i => (double)i)), (1, Gen.Int[-1, 1].Select(static i => i / 0.0)));

    [Fact]
    public void Select_OfAnyValues_IsWhatSortingFinds() =>
        Gen.Select(s_values.Array[1, 400], Gen.Double[0, 1]).Sample((values, share) =>
        {
            int rank = (int)(share * (values.Length - 1));
            double[] sorted = [.. values.Order()];
            OrderStatistic.Select(values, rank, CancellationToken.None).ShouldBe(sorted[rank]);
            values.Order().ShouldBe(sorted);
        });

    [Fact]
    public void Quantile_OfAnyValues_InterpolatesBetweenRanks() =>
        Gen.Select(s_values.Array[1, 300], Gen.Double[0, 1]).Sample((values, quantile) =>
        {
            double[] sorted = [.. values.Order()];
            double rank = quantile * (values.Length - 1);
            int lower = (int)Math.Floor(rank);
            double weight = rank - lower;
            double expected = (sorted[lower] * (1 - weight)) + (sorted[Math.Min(lower + 1, sorted.Length - 1)] * weight);
            Quantiles.Of(quantile, values).ShouldBe(expected);
        });

    [Fact]
    public void Select_OfManyEqualOrOrderedValues_IsNotQuadratic()
    {
        double[] equal = [.. Enumerable.Repeat(1.0, 1_000_000)];
        double[] ascending = [.. Enumerable.Range(0, 1_000_000).Select(static i => (double)i)];
        OrderStatistic.Select(equal, 500_000, CancellationToken.None).ShouldBe(1);
        OrderStatistic.Select(ascending, 250_000, CancellationToken.None).ShouldBe(250_000);
    }

    [Fact]
    public void Select_Cancelled_Ends()
    {
        double[] values = [.. Enumerable.Range(0, 1000).Select(static i => (double)(i * 7919 % 1000))];
        Should.Throw<OperationCanceledException>(() => OrderStatistic.Select(values, 500, new CancellationToken(canceled: true)));
    }
}
