using RemoteStore.Model.Labels;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests;

/// <summary>
/// The whole store on a disk that forgets what was not synced: at every operation of a run of appends, flushes, merges, cuts and snapshots the power may go,
/// and with any part of what was not synced the next start has every sample that was acknowledged by then.
/// </summary>
public class PowerLossTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task PowerLoss_AtAnyOperation_NothingAcknowledgedIsMissing(int seed)
    {
        string root = Path.Combine(Path.GetTempPath(), "remotestore-test-" + Guid.NewGuid().ToString("N"));
        var disk = new RecordingFileSystem(Directory.CreateDirectory(root).FullName);
        await using StoreHarness store = await StoreHarness.StartAsync(Configure, files: disk, root: root);
        var acknowledged = new List<(int Operations, int Round)>();
        for (int round = 0; round < 8; round++)
        {
            await store.AppendAsync(Round(store, round));
            acknowledged.Add((disk.Count, round));
            if (round is 2 or 4 or 6)
            {
                await store.Store.FlushAsync(merge: round == 6, CancellationToken.None);
            }

            if (round is 4 or 7)
            {
                await store.Store.CutAsync(allEnded: true, CancellationToken.None);
            }
        }

        await store.RestartAsync();
        int last = disk.Count;
        int first = acknowledged[0].Operations;
        var random = new Random(seed);
        for (int trial = 0; trial < 40; trial++)
        {
            int operations = first + random.Next(last - first + 1);
            CrashImageChoice choice = trial % 3 == 0 ? CrashImageChoice.Nothing : CrashImageChoice.Random(random.Next());
            string image = Path.Combine(root, "image-" + trial);
            CrashImage.Write(disk, operations, choice, image);
            await using StoreHarness survivor = await StoreHarness.StartAsync(Configure, root: image);
            SortedDictionary<string, List<(long T, string Value)>> read = await survivor.ReadAsync();
            int rounds = acknowledged.Count(a => a.Operations <= operations);
            read.Count.ShouldBe(20, $"power lost after operation {operations}, seed {seed}, trial {trial}");
            foreach ((string series, List<(long T, string Value)> samples) in read)
            {
                samples.Count.ShouldBeGreaterThanOrEqualTo(rounds, $"{series}, power lost after operation {operations}, seed {seed}, trial {trial}");
                samples.Select(s => s.T).ShouldBe(Enumerable.Range(0, samples.Count).Select(r => TimeOf(r)));
            }
        }
    }

    private static TsdbOptions Configure(TsdbOptions options) => options with { BlockRange = TimeSpan.FromSeconds(2) };

    private static long TimeOf(int round) => StoreHarness.Start.ToUnixTimeMilliseconds() - 100_000 + (round * 1000);

    private static BatchBuilder Round(StoreHarness store, int round)
    {
        store.NowMs.ShouldBe(StoreHarness.Start.ToUnixTimeMilliseconds());
        var batch = new BatchBuilder();
        for (int i = 0; i < 20; i++)
        {
            batch.Add(LabelSet.From("__name__", "m", "i", i.ToString(System.Globalization.CultureInfo.InvariantCulture)), (TimeOf(round), round + (i / 8.0)));
        }

        return batch;
    }
}
