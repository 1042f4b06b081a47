using System.Globalization;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Tsdb.Tests.Cutting;

/// <summary>Flushes, merges, cuts and evictions go on in the background while samples come in; every query shows what was acknowledged before it began.</summary>
public sealed class ConcurrentCutTests
{
    private const int SeriesPerRound = 25;
    private const int Rounds = 1200;

    [Fact]
    public async Task Query_WhileRowsMoveToBlocks_SeesEverythingAcknowledged()
    {
        // A second of data per range and half a minute in all; the rows of a flush are those of ten rounds.
        await using StoreHarness store = await StoreHarness.StartAsync(static options => options with
        {
            BackgroundMerges = true,
            BlockRange = TimeSpan.FromSeconds(1),
            OutOfOrderWindow = TimeSpan.FromSeconds(2),
            CutAfter = TimeSpan.Zero,
            FlushRows = SeriesPerRound * 10,
            MinEvictedSeries = 1,
        });
        long first = store.NowMs;
        int acknowledged = 0;
        bool done = false;
        Task[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Run(async () =>
        {
            while (!Volatile.Read(ref done))
            {
                await CheckAsync(store, first, Volatile.Read(ref acknowledged), longQuery: reader == 1);
            }
        }))];
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                var batch = new BatchBuilder();
                for (int i = 0; i < SeriesPerRound; i++)
                {
                    batch.Add(Labels(i), (store.NowMs, round));
                }

                // Series of their own, so that there is always something to evict.
                batch.Add(LabelSet.From("__name__", "once", "round", round.ToString(CultureInfo.InvariantCulture)), (store.NowMs, round));
                (await store.AppendAsync(batch)).Rejects.Total.ShouldBe(0);
                Volatile.Write(ref acknowledged, round + 1);
                store.Time.Advance(TimeSpan.FromMilliseconds(25));
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
            await Task.WhenAll(readers);
        }

        await store.Store.CutAsync(allEnded: false, CancellationToken.None);
        store.Store.State!.Blocks.All.Count().ShouldBeGreaterThan(10);
        store.Store.State.Heads.Find(TenantId.Anonymous)!.Registry.SeriesCount.ShouldBeLessThan(Rounds, "series of old ranges left memory");
        await CheckAsync(store, first, Rounds, longQuery: false);
        await store.RestartAsync();
        await CheckAsync(store, first, Rounds, longQuery: false);
        (await store.ReadAsync(matchers: new LabelMatcher(MatchType.Equal, "__name__", "once"))).Count.ShouldBe(Rounds);
    }

    private static async Task CheckAsync(StoreHarness store, long first, int rounds, bool longQuery)
    {
        await using IQuerier querier = await store.Store.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None);
        if (longQuery)
        {
            await Task.Yield(); // more can move between the view's beginning and its first batch
        }

        int series = 0;
        LabelMatcher[] matchers = [new(MatchType.Equal, "__name__", "m")];
        await using ISeriesSet set = await querier.SelectAsync(false, new SelectHints(QueryRange.All), matchers, CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            for (int i = 0; i < set.Current.Count; i++)
            {
                ReadOnlySpan<long> times = set.Current.Timestamps(i);
                times.Length.ShouldBeGreaterThanOrEqualTo(rounds, set.Current.Labels(i).ToString());
                for (int s = 0; s < times.Length; s++)
                {
                    (times[s] - first).ShouldBe(s * 25L);
                    set.Current.Values(i)[s].ShouldBe(s);
                }

                series++;
            }
        }

        (series >= SeriesPerRound || rounds == 0).ShouldBeTrue();
    }

    private static LabelSet Labels(int i) => LabelSet.From("__name__", "m", "i", i.ToString("d3", CultureInfo.InvariantCulture));
}
