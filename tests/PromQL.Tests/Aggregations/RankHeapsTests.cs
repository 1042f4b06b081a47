using CsCheck;
using RemoteStore.PromQL.Aggregations;
using RemoteStore.PromQL.Execution;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Aggregations;

public sealed class RankHeapsTests
{
    private static readonly Gen<double> s_values = Gen.Frequency((8, Gen.Double[-100, 100]), (1, Gen.Const(double.NaN)), (1, Gen.Const(7.0)));

    [Fact]
    public void Heaps_OfManySteps_KeepTheBestOfEach() =>
        Gen.Select(s_values.Array[0, 200], Gen.Int[1, 9], Gen.Int[1, 4], Gen.Bool).Sample((values, k, steps, top) =>
        {
            var pools = new ColumnPools();
            var memory = new QueryMemory(pools, long.MaxValue);
            using (var heaps = new RankHeaps(memory, steps, top))
            {
                for (int i = 0; i < values.Length; i++)
                {
                    if (heaps.Admits(i % steps, values[i], k))
                    {
                        heaps.Push(i % steps, values[i], i, k);
                    }
                }

                for (int step = 0; step < steps; step++)
                {
                    double[] all = [.. values.Where((_, i) => i % steps == step).Order(Comparer<double>.Create((a, b) => Best(a, b, top)))];
                    double[] kept = [.. heaps.Values(step).ToArray().Order(Comparer<double>.Create((a, b) => Best(a, b, top)))];
                    kept.ShouldBe(all[..Math.Min(k, all.Length)]);
                    heaps.Series(step).ToArray().Select(i => values[i]).ShouldBe(heaps.Values(step).ToArray());
                }
            }

            memory.Bytes.ShouldBe(0);
            pools.Outstanding.ShouldBe(0);
        });

    [Fact]
    public void Push_WhenFull_TellsWhichSeriesLeft()
    {
        using var heaps = new RankHeaps(new QueryMemory(new ColumnPools(), long.MaxValue), 1, top: true);
        heaps.Push(0, 1, 10, 2).ShouldBe(-1);
        heaps.Push(0, 2, 20, 2).ShouldBe(-1);
        heaps.Admits(0, 0.5, 2).ShouldBeFalse();
        heaps.Push(0, 3, 30, 2).ShouldBe(10);
        heaps.Series(0).ToArray().ShouldBe([20, 30], ignoreOrder: true);
    }

    private static int Best(double a, double b, bool top) =>
        double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : top ? b.CompareTo(a) : a.CompareTo(b);
}
