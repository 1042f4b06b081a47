using RemoteStore.PromQL.Planning;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Planning;

public sealed class PlanCacheTests
{
    [Fact]
    public void TryGet_QueryThatWasAdded_GivesItBack()
    {
        var cache = new PlanCache(10, 1 << 20);
        PreparedQuery query = Prepared("up");
        cache.TryGet("up", out _).ShouldBeFalse();
        cache.Add("up", query);
        cache.TryGet("up", out PreparedQuery? found).ShouldBeTrue();
        found.ShouldBeSameAs(query);
        cache.Hits.ShouldBe(1);
        cache.Misses.ShouldBe(1);
        cache.Bytes.ShouldBe(query.SizeBytes);
    }

    [Fact]
    public void Add_MoreThanItHolds_DropsWhatWasNotUsedLongest()
    {
        var cache = new PlanCache(2, 1 << 20);
        cache.Add("a", Prepared("a"));
        cache.Add("b", Prepared("b"));
        cache.TryGet("a", out _).ShouldBeTrue();
        cache.Add("c", Prepared("c"));
        cache.Count.ShouldBe(2);
        cache.TryGet("b", out _).ShouldBeFalse();
        cache.TryGet("a", out _).ShouldBeTrue();
        cache.TryGet("c", out _).ShouldBeTrue();
    }

    [Fact]
    public void Add_MoreBytesThanItHolds_StaysWithin()
    {
        long size = Prepared("m000").SizeBytes;
        var cache = new PlanCache(1_000, size * 20);
        for (int i = 0; i < 100; i++)
        {
            string text = $"m{i:000}";
            cache.Add(text, Prepared(text));
            cache.Bytes.ShouldBeLessThanOrEqualTo(size * 20);
        }

        cache.Count.ShouldBe(20);
    }

    [Fact]
    public void Add_QueryOutOfProportion_IsNotKept()
    {
        string large = string.Join(" + ", Enumerable.Range(0, 50).Select(static i => $"m{i}"));
        var cache = new PlanCache(10, Prepared(large).SizeBytes * 2);
        cache.Add(large, Prepared(large));
        cache.Count.ShouldBe(0);
        cache.Bytes.ShouldBe(0);
    }

    [Fact]
    public void Add_WithoutRoom_KeepsNothing()
    {
        var cache = new PlanCache(0, 1 << 20);
        cache.Add("up", Prepared("up"));
        cache.TryGet("up", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Cache_UsedFromManyThreads_StaysWithinItsBounds()
    {
        var cache = new PlanCache(8, 1 << 20);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 2_000; i++)
            {
                string text = $"m{random.Next(20)}";
                if (!cache.TryGet(text, out PreparedQuery? query))
                {
                    query = Prepared(text);
                    cache.Add(text, query);
                }

                query.Root.ToString().ShouldBe(text);
            }
        })));
        cache.Count.ShouldBe(8);
        cache.Bytes.ShouldBeInRange(8 * Prepared("m1").SizeBytes, 8 * Prepared("m10").SizeBytes);
        (cache.Hits + cache.Misses).ShouldBe(8_000);
    }

    private static PreparedQuery Prepared(string text) => PreparedQuery.Of(text, optimise: true);
}
