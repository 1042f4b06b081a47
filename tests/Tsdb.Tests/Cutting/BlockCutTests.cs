using System.Globalization;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Administration;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;
using Samples = System.Collections.Generic.SortedDictionary<string, System.Collections.Generic.List<(long T, string Value)>>;

namespace RemoteStore.Tsdb.Tests.Cutting;

/// <summary>Cutting blocks changes where samples lie, never an answer.</summary>
public sealed class BlockCutTests
{
    private const int SeriesCount = 30;

    private static readonly TenantId s_other = TenantId.Parse("other");

    private static readonly LabelMatcher s_any = new(MatchType.NotEqual, "__name__", "");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_SeveralRangesAndTenants_ChangesNoAnswer(bool merged)
    {
        await using StoreHarness store = await StartAsync();
        await FillAsync(store, hours: 5);
        await FillAsync(store, hours: 3, tenant: s_other);
        Samples before = await store.ReadAsync();
        Samples otherBefore = await store.ReadAsync(s_other);
        await store.Store.FlushAsync(merged, CancellationToken.None);

        FlushReport report = await store.Store.CutAsync(allEnded: true, CancellationToken.None);

        report.Blocks.ShouldBe(6); // of each tenant all but the hour that has not ended
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        StoreHarness.ShouldBeSame(await store.ReadAsync(s_other), otherBefore);
        report.Rows.ShouldBe(RowsFrom(store, before) + RowsFrom(store, otherBefore));
        report.BlockSamples.ShouldBe(before.Values.Concat(otherBefore.Values).Sum(static samples => samples.Count) - report.Rows);
        report.BytesByKind["blocks-chunks"].ShouldBeGreaterThan(0);
        await store.RestartAsync();
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        await store.CrashAsync();
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        StoreHarness.ShouldBeSame(await store.ReadAsync(s_other), otherBefore);
        store.Store.GetDurability().QuarantinedParts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Cut_Over_LeavesRangesThatMayGetLateData()
    {
        await using StoreHarness store = await StartAsync(options => options with { OutOfOrderWindow = TimeSpan.FromHours(2) });
        await FillAsync(store, hours: 5);

        FlushReport report = await store.Store.CutAsync(allEnded: false, CancellationToken.None);

        report.Blocks.ShouldBe(2); // of five hours, the newest not full: two lie behind the window
        (await store.Store.CutAsync(allEnded: false, CancellationToken.None)).Blocks.ShouldBe(2);
    }

    [Fact]
    public async Task Cut_IdleTenant_GoesByTheClock()
    {
        await using StoreHarness store = await StartAsync(options => options with { OutOfOrderWindow = TimeSpan.FromHours(1) });
        await FillAsync(store, hours: 1);
        (await store.Store.CutAsync(allEnded: false, CancellationToken.None)).Blocks.ShouldBe(0);
        Samples before = await store.ReadAsync();

        store.Time.Advance(TimeSpan.FromHours(3));

        FlushReport report = await store.Store.CutAsync(allEnded: false, CancellationToken.None);
        report.Blocks.ShouldBe(1);
        report.Parts.ShouldBe(0);
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Fact]
    public async Task Cut_LateAndConflictingData_JoinsTheBlock()
    {
        await using StoreHarness store = await StartAsync();
        await FillAsync(store, hours: 3);
        await store.Store.CutAsync(allEnded: true, CancellationToken.None);
        long late = store.NowMs - 7_200_000;
        var batch = new BatchBuilder();
        for (int i = 0; i < 10; i++)
        {
            // Between stored ones; and one where a lower value is stored already.
            batch.Add(Labels(i), (late + 1, 1.5), (late, 1e9));
        }

        (await store.AppendAsync(batch)).Rejects.Total.ShouldBe(0);
        Samples before = await store.ReadAsync();
        before[Labels(0).ToString()].ShouldContain((late, StoreHarness.Bits(1e9)));

        FlushReport report = await store.Store.CutAsync(allEnded: true, CancellationToken.None);

        report.Blocks.ShouldBe(3);
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        await store.CrashAsync();
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Fact]
    public async Task Query_BegunBeforeACut_SeesEveryRow()
    {
        await using StoreHarness store = await StartAsync();
        for (int i = 0; i < 1200; i++)
        {
            await store.AppendAsync(new BatchBuilder().Add(Labels(i), (store.NowMs - 7_200_000, i)));
        }

        Samples before = await store.ReadAsync();
        var found = new List<string>();
        IQuerier querier = await store.Store.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None);
        await using (querier)
        {
            await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), [s_any], CancellationToken.None);
            while (await set.MoveNextAsync(CancellationToken.None))
            {
                for (int i = 0; i < set.Current.Count; i++)
                {
                    set.Current.Timestamps(i).Length.ShouldBe(1, "each series has a sample, before and behind the cut");
                    found.Add(set.Current.Labels(i).ToString());
                }

                if (found.Count < 1000)
                {
                    FlushReport between = await store.Store.CutAsync(allEnded: true, CancellationToken.None);
                    between.Blocks.ShouldBe(1);
                    between.Rows.ShouldBe(1200, "the rows stay in the parts while the query goes on");
                }
            }
        }

        found.ShouldBe(before.Keys);
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        (await store.Store.CutAsync(allEnded: true, CancellationToken.None)).Rows.ShouldBe(0);
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Fact]
    public async Task Cut_SeriesWithoutNewSamples_LeaveMemory()
    {
        await using StoreHarness store = await StartAsync(static options => options with { MinEvictedSeries = 1 });
        await FillAsync(store, hours: 2, labels: static i => LabelSet.From("__name__", "old", "i", i.ToString(CultureInfo.InvariantCulture)), to: 1);
        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        await FillAsync(store, hours: 1);
        Samples before = await store.ReadAsync();
        store.Store.State!.Heads.Find(TenantId.Anonymous)!.Registry.SeriesCount.ShouldBe(2 * SeriesCount);

        await store.Store.CutAsync(allEnded: true, CancellationToken.None);

        store.Store.State.Heads.Find(TenantId.Anonymous)!.Registry.SeriesCount.ShouldBe(SeriesCount);
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        await using IQuerier querier = await store.Store.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None);
        (await querier.SelectSeriesAsync([s_any], 0, CancellationToken.None)).Items.Count.ShouldBe(2 * SeriesCount);
        (await querier.LabelValuesAsync("__name__", [], 0, CancellationToken.None)).Items.ShouldBe(["m", "old"]);
        (await querier.LabelNamesAsync([s_any], 1, CancellationToken.None)).ShouldSatisfyAllConditions(
            names => names.Items.ShouldBe(["__name__"]), names => names.Truncated.ShouldBeTrue());
        await store.RestartAsync();
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Fact]
    public async Task Block_PastRetention_IsRemoved()
    {
        await using StoreHarness store = await StartAsync(static options => options with { Retention = TimeSpan.FromHours(10) });
        await FillAsync(store, hours: 2);
        await store.Store.CutAsync(allEnded: true, CancellationToken.None);
        Directory.GetDirectories(BlocksOf(store)).ShouldHaveSingleItem();
        store.Time.Advance(TimeSpan.FromHours(10) - TimeSpan.FromMinutes(8)); // the retention ends between the last sample of the block and the next

        Samples read = await store.ReadAsync();
        read.Values.ShouldAllBe(samples => samples.All(sample => sample.T >= store.NowMs - 36_000_000));
        await store.Store.State!.Retention.DropExpiredAsync(CancellationToken.None);

        Directory.GetDirectories(BlocksOf(store)).ShouldBeEmpty();
        StoreHarness.ShouldBeSame(await store.ReadAsync(), read);
    }

    [Fact]
    public async Task Block_PastRetention_ThatIsStillNeeded_IsKeptAndNotRead()
    {
        await using StoreHarness store = await StartAsync(
            static options => options with { RetentionOf = static _ => new LocalRetention(TimeSpan.FromHours(8), TimeSpan.FromHours(100)) });
        await FillAsync(store, hours: 2);
        store.Time.Advance(TimeSpan.FromHours(9));
        await store.Store.CutAsync(allEnded: true, CancellationToken.None);
        await store.Store.State!.Retention.DropExpiredAsync(CancellationToken.None);

        store.Store.LocalBlocks.GetLocalBlocks().ShouldNotBeEmpty();
        (await store.ReadAsync()).ShouldBeEmpty();

        store.Time.Advance(TimeSpan.FromHours(100));
        await store.Store.State!.Retention.DropExpiredAsync(CancellationToken.None);
        store.Store.LocalBlocks.GetLocalBlocks().ShouldBeEmpty();
    }

    [Fact]
    public async Task Block_WithoutMeta_IsRemovedAtStart()
    {
        await using StoreHarness store = await StartAsync();
        await FillAsync(store, hours: 2);
        Samples before = await store.ReadAsync();
        string unfinished = "";
        await store.CrashAsync(directory =>
        {
            unfinished = Path.Combine(directory, "blocks", "anonymous", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
            Directory.CreateDirectory(unfinished);
            File.WriteAllText(Path.Combine(unfinished, "chunks"), "begun");
        });

        Directory.Exists(unfinished).ShouldBeFalse();
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Theory]
    [InlineData("meta.json")]
    [InlineData("index")]
    [InlineData("chunks")]
    public async Task Block_FlippedBit_IsSetAsideAndNothingAlteredIsServed(string file)
    {
        await using StoreHarness store = await StartAsync();
        await FillAsync(store, hours: 3);
        await store.Store.CutAsync(allEnded: true, CancellationToken.None);
        Samples before = await store.ReadAsync();
        long length = new FileInfo(Path.Combine(Directory.GetDirectories(BlocksOf(store))[0], file)).Length;
        await store.RestartAsync();
        string pristine = Path.Combine(store.Root, "pristine");
        await store.Store.DisposeAsync();
        DirectoryCopy.Copy(store.Directory, pristine);
        for (int trial = 0; trial < 12; trial++)
        {
            string image = Path.Combine(store.Root, "image-" + trial.ToString(CultureInfo.InvariantCulture));
            DirectoryCopy.Copy(pristine, image);
            string path = Path.Combine(Directory.GetDirectories(Path.Combine(image, "blocks", "anonymous")).Order(StringComparer.Ordinal).First(), file);
            byte[] bytes = File.ReadAllBytes(path);
            bytes[Math.Min(bytes.Length - 1, trial * length / 12)] ^= 0x20;
            File.WriteAllBytes(path, bytes);

            await store.OpenImageAsync(image);
            Samples read = await store.ReadAsync();

            foreach ((string series, List<(long T, string Value)> samples) in read)
            {
                samples.ShouldBeSubsetOf(before[series], $"{series}, trial {trial}");
            }

            bool whole = read.Count == before.Count && read.All(pair => pair.Value.Count == before[pair.Key].Count);
            (whole || store.Store.GetDurability().QuarantinedParts.Count == 1).ShouldBeTrue($"trial {trial}: loss is reported");
            StoreHarness.ShouldBeSame(await store.ReadAsync(), read);
            IReadOnlyList<MissingData> missing = await store.MissingAsync(QueryRange.All);
            (whole || missing.Count == 1).ShouldBeTrue($"trial {trial}: answers say what is lost");
            await store.RestartAsync();
            StoreHarness.ShouldBeSame(await store.ReadAsync(), read);
            (await store.MissingAsync(QueryRange.All)).ShouldBe(missing);
        }
    }

    /// <summary>Ranges of an hour; the clock stands four minutes into one.</summary>
    private static Task<StoreHarness> StartAsync(Func<TsdbOptions, TsdbOptions>? configure = null) => StoreHarness.StartAsync(options =>
    {
        options = options with { BlockRange = TimeSpan.FromHours(1), OutOfOrderWindow = TimeSpan.FromDays(1) };
        return configure is null ? options : configure(options);
    });

    /// <summary>A sample of each series every ten minutes up to now, flushed now and then.</summary>
    private static async Task FillAsync(StoreHarness store, int hours, TenantId? tenant = null, Func<int, LabelSet>? labels = null, int to = 0)
    {
        long start = store.NowMs - (store.NowMs % 3_600_000) - ((hours - 1) * 3_600_000L);
        long end = store.NowMs - (to * 3_600_000L);
        int round = 0;
        for (long time = start; time <= end; time += 600_000, round++)
        {
            var batch = new BatchBuilder();
            for (int i = 0; i < SeriesCount; i++)
            {
                LabelSet series = labels is null ? Labels(i) : labels(i);
                if (i % 7 == 6)
                {
                    batch.AddHistogram(series, time + i, [(byte)round, 2, (byte)i], startTimestampMs: time - 1000);
                }
                else
                {
                    batch.AddBits(series, time, BitConverter.DoubleToInt64Bits(round + (i / 8.0)), i % 3 == 0 ? time - 5000 : 0);
                }
            }

            (await store.AppendAsync(batch, tenant)).Rejects.Total.ShouldBe(0);
            if (round % 4 == 3)
            {
                await store.Store.FlushAsync(merge: false, CancellationToken.None);
            }
        }
    }

    private static LabelSet Labels(int i) => LabelSet.From("__name__", "m", "i", i.ToString("d5", CultureInfo.InvariantCulture));

    private static long RowsFrom(StoreHarness store, Samples samples) =>
        samples.Values.Sum(series => series.Count(sample => sample.T >= store.NowMs - (store.NowMs % 3_600_000)));

    private static string BlocksOf(StoreHarness store) => Path.Combine(store.Directory, "blocks", "anonymous");
}
