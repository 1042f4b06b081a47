using RemoteStore.Primitives.Files;
using RemoteStore.Testing;
using RemoteStore.Tsdb.Registry;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Eviction;

/// <summary>Starts after an eviction: clean, and from the folder as a kill at each step leaves it.</summary>
public class EvictionRestartTests
{
    [Fact]
    public async Task Restart_AfterEviction_SeriesStayAwayAndRefsTaken()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        await store.AppendAsync(0, 20, now);
        await store.FlushAsync();
        await store.AppendAsync(18, 20, now + 1);
        (await store.EvictAsync(now + 1)).ShouldBe(18);

        await store.Store.RestartAsync();

        store.Head.Registry.SeriesCount.ShouldBe(2);
        store.Head.Registry.RefEnd.ShouldBe(20u);
        store.Head.Registry.UnknownCount.ShouldBe(0);
        await store.AppendAsync(0, 1, now + 2);
        store.Head.Registry.RefEnd.ShouldBe(21u);
    }

    [Fact]
    public async Task Crash_AfterEviction_LogRowsOfEvictedSeriesAreLeftOut()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        await store.AppendAsync(0, 20, now);
        await store.FlushAsync(); // the log is cut by whole segments: the rows are still in it
        (await store.EvictAsync()).ShouldBe(20);
        await store.AppendAsync(5, 6, now + 1);

        await store.Store.CrashAsync();

        store.Head.Registry.UnknownCount.ShouldBe(0);
        store.Head.Registry.SeriesCount.ShouldBe(1);
        store.Head.Registry.RefEnd.ShouldBe(21u);
        (await store.Store.ReadAsync()).ShouldHaveSingleItem().Value.ShouldBe([(now + 1, StoreHarness.Bits(1.0))]);
    }

    [Theory]
    [InlineData("evict.before-swap")]
    [InlineData("evict.after-swap")]
    [InlineData("evict.before-snapshot")]
    [InlineData("registry.mid-snapshot")]
    [InlineData("evict.after-snapshot")]
    public async Task Kill_AtAnyStep_SeriesAreThereOnceAndSamplesFound(string failpoint)
    {
        string root = Path.Combine(Path.GetTempPath(), "remotestore-test-" + Guid.NewGuid().ToString("N"));
        string image = Path.Combine(root, "image");
        EvictionHarness? running = null;
        long now = 0;
        var failpoints = Failpoints.With(failpoint, () =>
        {
            // One that stays and one that left are written before the process dies.
            running!.AppendAsync(5, 6, now + 10).GetAwaiter().GetResult();
            running!.AppendAsync(19, 20, now + 10).GetAwaiter().GetResult();
            DirectoryCopy.Copy(Path.Combine(root, "0"), image);
        });
        await using EvictionHarness store = await EvictionHarness.StartAsync(failpoints, root);
        running = store;
        now = store.Store.NowMs;
        await store.AppendAsync(0, 20, now);
        await store.FlushAsync();
        await store.AppendAsync(18, 20, now + 1);
        (await store.EvictAsync(now + 1)).ShouldBeInRange(17, 18);

        await store.Store.OpenImageAsync(image);

        SeriesRegistry registry = store.Head.Registry;
        registry.UnknownCount.ShouldBe(0);
        SortedDictionary<string, List<(long T, string Value)>> read = await store.Store.ReadAsync(); // throws on a series that is there twice
        read[EvictionHarness.Series(5).ToString()].ShouldContain((now + 10, StoreHarness.Bits(1.0)));
        read[EvictionHarness.Series(19).ToString()].ShouldBe(
            [(now, StoreHarness.Bits(1.0)), (now + 1, StoreHarness.Bits(1.0)), (now + 10, StoreHarness.Bits(1.0))]);
        await store.AppendAsync(0, 20, now + 20);
        await store.Store.RestartAsync();
        read = await store.Store.ReadAsync();
        read.Count.ShouldBe(20);
        read.Values.ShouldAllBe(s => s.Last().T == now + 20);
    }
}
