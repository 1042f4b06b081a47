using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests;

/// <summary>At each failpoint the folder is copied as a kill would leave it; a store opened on the copy has every acknowledged sample.</summary>
public class FailpointTests
{
    [Theory]
    [InlineData("flush.before-part")]
    [InlineData("flush.after-part")]
    [InlineData("flush.before-manifest")]
    [InlineData("manifest.mid-swap")]
    [InlineData("flush.after-manifest")]
    [InlineData("flush.before-truncate")]
    [InlineData("flush.after-truncate")]
    [InlineData("merge.before")]
    [InlineData("merge.mid-write")]
    [InlineData("merge.before-manifest")]
    [InlineData("merge.after-manifest")]
    [InlineData("cut.before")]
    [InlineData("cut.mid-write")]
    [InlineData("cut.after-block")]
    [InlineData("cut.before-manifest")]
    [InlineData("cut.after-manifest")]
    [InlineData("registry.mid-snapshot")]
    public async Task Kill_AtFailpoint_NothingAcknowledgedIsMissing(string name)
    {
        string root = Path.Combine(Path.GetTempPath(), "remotestore-test-" + Guid.NewGuid().ToString("N"));
        string image = Path.Combine(root, "image");
        bool hit = false;
        var failpoints = Failpoints.With(name, () =>
        {
            DirectoryCopy.Copy(Path.Combine(root, "0"), image);
            hit = true;
        });
        await using StoreHarness store = await StoreHarness.StartAsync(
            static options => options with { BlockRange = TimeSpan.FromSeconds(2) }, failpoints: failpoints, root: root);
        for (int round = 0; round < 6; round++)
        {
            await AppendRoundAsync(store, round);
            if (round % 2 == 1)
            {
                await store.Store.FlushAsync(merge: false, CancellationToken.None);
            }
        }

        SortedDictionary<string, List<(long T, string Value)>> acknowledged = await store.ReadAsync();
        await store.Store.FlushAsync(merge: true, CancellationToken.None);
        (await store.Store.CutAsync(allEnded: true, CancellationToken.None)).Blocks.ShouldBeGreaterThan(2);
        await store.RestartAsync();
        hit.ShouldBeTrue($"failpoint {name} was never reached");
        StoreHarness.ShouldBeSame(await store.ReadAsync(), acknowledged);

        await store.OpenImageAsync(image);
        SortedDictionary<string, List<(long T, string Value)>> survived = await store.ReadAsync();
        foreach ((string series, List<(long T, string Value)> samples) in survived)
        {
            samples.ShouldBe(acknowledged[series].Take(samples.Count), series); // a prefix in time: the image may be older than the last rounds
        }

        survived.Count.ShouldBe(acknowledged.Count);
        for (int round = 0; round < 6; round++)
        {
            (await AppendRoundAsync(store, round)).Rejects.Total.ShouldBe(0);
        }

        StoreHarness.ShouldBeSame(await store.ReadAsync(), acknowledged);
    }

    private static ValueTask<Storage.Appending.AppendResult> AppendRoundAsync(StoreHarness store, int round)
    {
        var batch = new BatchBuilder();
        for (int i = 0; i < 40; i++)
        {
            batch.Add(LabelSet.From("__name__", "m", "i", i.ToString(System.Globalization.CultureInfo.InvariantCulture)), (store.NowMs - 100_000 + (round * 1000), round + (i / 8.0)));
        }

        return store.AppendAsync(batch);
    }
}
