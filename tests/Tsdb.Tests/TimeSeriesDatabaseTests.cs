using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Tsdb.Tests;

public class TimeSeriesDatabaseTests
{
    private static readonly LabelSet s_up = LabelSet.From("__name__", "up", "job", "a");
    private static readonly LabelSet s_down = LabelSet.From("__name__", "down", "job", "b");

    [Fact]
    public async Task Append_NewSeries_IsVisibleAtOnce()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        AppendResult result = await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs - 1000, 1), (store.NowMs, 2)).Add(s_down, (store.NowMs, -0.0)));
        result.SamplesWritten.ShouldBe(3);
        result.Rejects.Total.ShouldBe(0);
        SortedDictionary<string, List<(long T, string Value)>> read = await store.ReadAsync();
        read.Keys.ShouldBe([s_down.ToString(), s_up.ToString()]);
        read[s_up.ToString()].ShouldBe([(store.NowMs - 1000, StoreHarness.Bits((double)1)), (store.NowMs, StoreHarness.Bits((double)2))]);
        read[s_down.ToString()].ShouldBe([(store.NowMs, StoreHarness.Bits(-0.0))]);
    }

    [Fact]
    public async Task Crash_AfterAFlush_BringsBackNoRowThatIsInAPart()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        for (int round = 0; round < 10; round++)
        {
            await store.AppendAsync(Round(store, round, 50));
            if (round == 7)
            {
                await store.Store.FlushAsync(merge: false, CancellationToken.None);
            }
        }

        SortedDictionary<string, List<(long T, string Value)>> before = await store.ReadAsync();
        await store.CrashAsync();

        store.Store.State!.Budget.Rows.ShouldBe(2 * 50); // rounds 8 and 9
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_AfterAppends_EverythingIsThere(bool clean)
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        for (int round = 0; round < 20; round++)
        {
            await store.AppendAsync(Round(store, round, 50));
            if (round is 5 or 11)
            {
                await store.Store.FlushAsync(merge: round == 11, CancellationToken.None);
            }
        }

        SortedDictionary<string, List<(long T, string Value)>> before = await store.ReadAsync();
        before.Count.ShouldBe(50);
        before.Values.ShouldAllBe(s => s.Count == 20);
        if (clean)
        {
            await store.RestartAsync();
        }
        else
        {
            await store.CrashAsync();
        }

        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        AppendResult again = await store.AppendAsync(Round(store, 19, 50));
        again.SamplesWritten.ShouldBe(50);
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Fact]
    public async Task Append_SameBatchTwice_ChangesNothingAndSucceeds()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(Round(store, 1, 10));
        AppendResult second = await store.AppendAsync(Round(store, 1, 10));
        second.SamplesWritten.ShouldBe(10);
        second.Rejects.Total.ShouldBe(0);
        (await store.ReadAsync()).Values.ShouldAllBe(s => s.Count == 1);
    }

    [Fact]
    public async Task Append_OtherValueAtSameTime_IsRefusedAndNamed()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)));
        AppendResult result = await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 2)).Add(s_down, (store.NowMs, 3)));
        result.SamplesWritten.ShouldBe(1);
        result.Rejects.Count(AppendStatus.DuplicateTimestamp).ShouldBe(1);
        result.Rejects.Details[0].ShouldContain("up");
        (await store.ReadAsync())[s_up.ToString()].ShouldBe([(store.NowMs, StoreHarness.Bits((double)1))]);
    }

    [Fact]
    public async Task Append_Ages_FollowWindowFutureAndRetention()
    {
        await using StoreHarness store = await StoreHarness.StartAsync(o => o with { Retention = TimeSpan.FromDays(1), OutOfOrderWindow = TimeSpan.FromHours(1) });
        long now = store.NowMs;
        long hour = 3_600_000;
        (await store.AppendAsync(new BatchBuilder().Add(s_up, (now, 1)))).Rejects.Total.ShouldBe(0);
        (await store.AppendAsync(new BatchBuilder().Add(s_up, (now - hour, 2)))).Rejects.Total.ShouldBe(0);
        (await store.AppendAsync(new BatchBuilder().Add(s_up, (now - hour - 1, 3)))).Rejects.Count(AppendStatus.OutOfOrder).ShouldBe(1);
        (await store.AppendAsync(new BatchBuilder().Add(s_up, (now + 600_001, 4)))).Rejects.Count(AppendStatus.TooFarInFuture).ShouldBe(1);
        (await store.AppendAsync(new BatchBuilder().Add(s_down, (now - (24 * hour) - 1, 5)))).Rejects.Count(AppendStatus.TooOld).ShouldBe(1);
        (await store.AppendAsync(new BatchBuilder().Add(s_down, (now - (23 * hour), 6)))).Rejects.Total.ShouldBe(0);
        (await store.ReadAsync())[s_up.ToString()].Select(s => s.T).ShouldBe([now - hour, now]);
    }

    [Fact]
    public async Task Append_TimestampExtremes_AreAnsweredAndKeptApart()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        AppendResult result = await store.AppendAsync(
            new BatchBuilder().Add(s_up, (long.MinValue, 1), (long.MinValue + 1, 2), (0, 3)).Add(s_down, (long.MaxValue, 4)));
        result.SamplesWritten.ShouldBe(3);
        result.Rejects.Count(AppendStatus.TooFarInFuture).ShouldBe(1);
        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        (await store.ReadAsync())[s_up.ToString()].Select(s => s.T).ShouldBe([long.MinValue, long.MinValue + 1, 0]);
    }

    [Fact]
    public async Task Append_FloatAndHistogramAlternate_BothAreKeptAcrossFlushAndRestart()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        byte[] payload = [0x08, 0x05, 0x19, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
        long now = store.NowMs;
        await store.AppendAsync(new BatchBuilder().Add(s_up, (now - 3, 1)).AddHistogram(s_up, now - 2, payload).AddBits(s_up, now - 1, SampleBits.StaleMarker, now - 50));
        AppendResult duplicate = await store.AppendAsync(new BatchBuilder().AddHistogram(s_up, now - 2, payload));
        duplicate.HistogramsWritten.ShouldBe(1);
        SortedDictionary<string, List<(long T, string Value)>> before = await store.ReadAsync();
        before[s_up.ToString()].ShouldBe(
            [(now - 3, StoreHarness.Bits((double)1)), (now - 2, "h:" + Convert.ToHexString(payload)), (now - 1, StoreHarness.Bits(SampleBits.StaleMarker))]);
        await store.CrashAsync();
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        await store.Store.FlushAsync(merge: true, CancellationToken.None);
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        await store.RestartAsync();
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
    }

    [Fact]
    public async Task Append_BadSeriesAmongGoodOnes_GoodOnesAreStored()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        LabelSet nameless = LabelSet.From("job", "x");
        AppendResult result = await store.AppendAsync(new BatchBuilder().Add(nameless, (store.NowMs, 1), (store.NowMs + 1, 1)).Add(s_up, (store.NowMs, 1)));
        result.SamplesWritten.ShouldBe(1);
        result.Rejects.Count(AppendStatus.MissingMetricName).ShouldBe(2);
        (await store.ReadAsync()).Keys.ShouldBe([s_up.ToString()]);
    }

    [Fact]
    public async Task Tenants_SameSeries_AreSeparate()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        TenantId a = TenantId.Parse("a");
        TenantId b = TenantId.Parse("b");
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)), a);
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 2)), b);
        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        await store.AppendAsync(new BatchBuilder().Add(s_down, (store.NowMs, 3)), b);
        (await store.ReadAsync(a))[s_up.ToString()].ShouldBe([(store.NowMs, StoreHarness.Bits((double)1))]);
        (await store.ReadAsync(b)).Keys.ShouldBe([s_down.ToString(), s_up.ToString()]);
        (await store.ReadAsync(TenantId.Parse("c"))).ShouldBeEmpty();
        await store.CrashAsync();
        (await store.ReadAsync(a)).Keys.ShouldBe([s_up.ToString()]);
        (await store.ReadAsync(b)).Keys.ShouldBe([s_down.ToString(), s_up.ToString()]);
    }

    [Fact]
    public async Task Retention_OldParts_AreNotServed()
    {
        await using StoreHarness store = await StoreHarness.StartAsync(o => o with { Retention = TimeSpan.FromHours(1) });
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)));
        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        (await store.ReadAsync()).Count.ShouldBe(1);
        store.Time.Advance(TimeSpan.FromHours(2));
        (await store.ReadAsync()).ShouldBeEmpty();
        await store.AppendAsync(new BatchBuilder().Add(s_down, (store.NowMs, 1)));
        FlushReport(await store.Store.FlushAsync(merge: true, CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task Retention_ByTenant_IsThatOfEachAndMayChange()
    {
        var hours = new Dictionary<TenantId, double> { [TenantId.Parse("a")] = 1, [TenantId.Parse("b")] = 0 };
        await using StoreHarness store = await StoreHarness.StartAsync(
            o => o with { RetentionOf = tenant => new LocalRetention(TimeSpan.FromHours(hours[tenant]), TimeSpan.FromHours(hours[tenant])) });
        TenantId a = TenantId.Parse("a");
        TenantId b = TenantId.Parse("b");
        foreach (TenantId tenant in (TenantId[])[a, b])
        {
            await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)), tenant);
        }

        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        store.Time.Advance(TimeSpan.FromHours(2));
        (await store.ReadAsync(a)).ShouldBeEmpty();
        (await store.ReadAsync(b)).Count.ShouldBe(1);
        (await store.AppendAsync(new BatchBuilder().Add(s_down, (store.NowMs - 7_000_000, 1)), a)).Rejects.Count(AppendStatus.TooOld).ShouldBe(1);
        (await store.AppendAsync(new BatchBuilder().Add(s_down, (store.NowMs - 7_000_000, 1)), b)).Rejects.Total.ShouldBe(0);

        hours[a] = 3;
        (await store.ReadAsync(a)).Count.ShouldBe(1, "it is not removed yet");
        hours[a] = 1;
        await store.Store.FlushAsync(merge: true, CancellationToken.None);
        hours[a] = 3;
        (await store.ReadAsync(a)).ShouldBeEmpty();
        (await store.ReadAsync(b)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task MaxActiveSeries_Reached_NewSeriesAreRefusedAndOldOnesGoOn()
    {
        await using StoreHarness store = await StoreHarness.StartAsync(o => o with { MaxActiveSeries = 1 });
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs - 1, 1)));
        AppendResult result = await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)).Add(s_down, (store.NowMs, 1)));
        result.SamplesWritten.ShouldBe(1);
        result.Rejects.Count(AppendStatus.TooManySeries).ShouldBe(1);
        result.Rejects.Details[0].ShouldContain("limits.max-active-series");
    }

    [Fact]
    public async Task SideData_ExemplarsAndMetadata_SurviveCrashAndCleanRestart()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        LabelSet trace = LabelSet.From("trace_id", "abc");
        AppendResult result = await store.AppendAsync(new BatchBuilder()
            .Add(s_up, (store.NowMs, 1))
            .AddExemplar(s_up, trace, store.NowMs, 0.5)
            .AddMetadata("up", MetricType.Gauge, "Whether it is up.", ""));
        result.ExemplarsWritten.ShouldBe(1);
        await CheckAsync();
        await store.CrashAsync();
        await CheckAsync();
        await store.RestartAsync();
        await CheckAsync();

        async Task CheckAsync()
        {
            IReadOnlyList<SeriesExemplars> exemplars = await store.Store.SelectExemplarsAsync(
                TenantId.Anonymous, QueryRange.All, [[new LabelMatcher(MatchType.Equal, "__name__", "up")]], CancellationToken.None);
            exemplars.ShouldHaveSingleItem().Exemplars.ShouldHaveSingleItem().Labels.ShouldBe(trace);
            IReadOnlyList<MetricFamilyMetadata> metadata =
                await store.Store.SelectMetadataAsync(TenantId.Anonymous, null, 0, 0, CancellationToken.None);
            metadata.ShouldHaveSingleItem().Entries.ShouldBe([new MetricMetadata(MetricType.Gauge, "Whether it is up.", "")]);
        }
    }

    private static long FlushReport(Storage.Administration.FlushReport report) => report.Rows;

    private static BatchBuilder Round(StoreHarness store, int round, int series)
    {
        var batch = new BatchBuilder();
        for (int i = 0; i < series; i++)
        {
            LabelSet labels = LabelSet.From("__name__", "metric_" + (i % 7), "instance", "host-" + i);
            batch.Add(labels, (store.NowMs - 300_000 + (round * 15_000) + (i % 3), (round * i) + 0.25));
        }

        return batch;
    }
}
