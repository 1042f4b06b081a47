using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests;

/// <summary>Damaged files are found, named and set aside; the rest is served, and nothing shows under labels that are not its own.</summary>
public class DamageTests
{
    [Fact]
    public async Task SeriesLog_LosesItsEnd_NewSeriesDoNotInheritSamples()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(Series(store, 0, 10));
        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        await store.AppendAsync(Series(store, 10, 20));
        await store.CrashAsync(directory =>
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(directory, "tenants", "anonymous", "series")))
            {
                using FileStream log = File.OpenWrite(file);
                log.SetLength(Math.Min(log.Length, 30)); // nothing whole is left
            }
        });

        (await store.ReadAsync()).ShouldBeEmpty();
        await store.AppendAsync(Series(store, 100, 103));
        SortedDictionary<string, List<(long T, string Value)>> read = await store.ReadAsync();
        read.Count.ShouldBe(3);
        read.Values.ShouldAllBe(samples => samples.Count == 1);
        await store.RestartAsync();
        StoreHarness.ShouldBeSame(await store.ReadAsync(), read);
    }

    [Fact]
    public async Task SeriesLog_LosesItsEndBehindAFlush_IsReported()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(Series(store, 0, 10));
        await store.Store.FlushAsync(merge: false, CancellationToken.None);

        await store.CrashAsync(directory =>
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(directory, "tenants", "anonymous", "series")))
            {
                File.WriteAllBytes(file, []);
            }
        });

        (await store.ReadAsync()).ShouldBeEmpty();
        store.Store.GetDurability().QuarantinedParts.ShouldContain(static part => part.Reason.Contains("samples of series 0 to 9 are in parts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LogFolder_HalfDeletedByAKill_DoesNotKeepTheLogFromBeingCut()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        string log = Directory.EnumerateDirectories(Path.Combine(store.Directory, "wal")).ShouldHaveSingleItem();
        string half = log + ".deleted";
        Directory.CreateDirectory(half);
        File.WriteAllText(Path.Combine(half, "generation"), "what a kill left of a generation that had the same number");
        await store.AppendAsync(Series(store, 0, 10));

        await store.RestartAsync();
        await store.Store.FlushAsync(merge: false, CancellationToken.None);

        Directory.Exists(half).ShouldBeFalse();
        (await store.ReadAsync()).Count.ShouldBe(10);
    }

    [Fact]
    public async Task Part_FlippedBit_IsSetAsideAndTheRestIsServed()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(Series(store, 0, 5));
        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        await store.AppendAsync(Series(store, 5, 10));
        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        SortedDictionary<string, List<(long T, string Value)>> before = await store.ReadAsync();
        await store.RestartAsync(); // leaves nothing in the log that could stand in for the part
        await store.CrashAsync(directory =>
        {
            string part = Directory.EnumerateFiles(Path.Combine(directory, "parts"), "*.part").Order().First();
            byte[] bytes = File.ReadAllBytes(part);
            bytes[100] ^= 4; // inside the only block of rows
            File.WriteAllBytes(part, bytes);
        });

        SortedDictionary<string, List<(long T, string Value)>> after = await store.ReadAsync();
        after.Count.ShouldBe(5);
        after.Keys.ShouldBeSubsetOf(before.Keys);
        store.Store.GetDurability().QuarantinedParts.ShouldHaveSingleItem().Reason.ShouldContain("corrupt");
        Directory.EnumerateFiles(Path.Combine(store.Directory, "quarantine", "parts")).ShouldHaveSingleItem();
        MissingData gap = (await store.MissingAsync(QueryRange.All)).ShouldHaveSingleItem();
        gap.Source.ShouldStartWith("part ");
        (await store.MissingAsync(new QueryRange(gap.Range.MaxTime + 1, long.MaxValue))).ShouldBeEmpty();
        await store.AppendAsync(Series(store, 0, 5));
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Fact]
    public async Task Manifest_Unreadable_IsRebuiltFromTheParts()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            await store.AppendAsync(Series(store, i * 5, (i * 5) + 5));
            await store.Store.FlushAsync(merge: false, CancellationToken.None);
        }

        SortedDictionary<string, List<(long T, string Value)>> before = await store.ReadAsync();
        await store.CrashAsync(directory => File.WriteAllText(Path.Combine(directory, "parts", "MANIFEST"), "nonsense"));
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Fact]
    public async Task Log_EveryByteOfAnEntryFlipped_NoAlteredSampleIsServed()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(Series(store, 0, 3));
        await store.AppendAsync(Series(store, 3, 6));
        await store.AppendAsync(Series(store, 6, 9));
        SortedDictionary<string, List<(long T, string Value)>> before = await store.ReadAsync();
        for (int at = 0; at < 700; at += 23)
        {
            int offset = at;
            await store.CrashAsync(directory =>
            {
                string segment = Directory.EnumerateFiles(Path.Combine(directory, "wal"), "*", SearchOption.AllDirectories)
                    .Where(f => Path.GetFileName(f) != "generation").OrderBy(f => f, StringComparer.Ordinal).First();
                byte[] bytes = File.ReadAllBytes(segment);
                bytes[Math.Min(offset, bytes.Length - 1)] ^= 0x10;
                File.WriteAllBytes(segment, bytes);
            });
            foreach ((string series, List<(long T, string Value)> samples) in await store.ReadAsync())
            {
                samples.ShouldBe(before[series], $"{series} after a flipped bit at {offset}");
            }

            await store.AppendAsync(Series(store, 0, 9)); // what was lost comes again, and the next round starts whole
            StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        }
    }

    private static BatchBuilder Series(StoreHarness store, int from, int to)
    {
        var batch = new BatchBuilder();
        for (int i = from; i < to; i++)
        {
            batch.Add(LabelSet.From("__name__", "m", "i", i.ToString("d3", System.Globalization.CultureInfo.InvariantCulture)), (store.NowMs, i + 0.5));
        }

        return batch;
    }
}
