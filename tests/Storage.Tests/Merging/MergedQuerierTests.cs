using System.Globalization;
using CsCheck;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Merging;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Storage.Tests.Merging;

/// <summary>Many stores behind one view answer as one store with all of their samples would.</summary>
public sealed class MergedQuerierTests
{
    private const long Base = 1_700_000_000_000;

    private static readonly LabelMatcher s_any = new(MatchType.NotEqual, "__name__", "");

    private static readonly string[] s_values = ["a", "b", "B", "é", "\ue000", "\U0001F600", "zz"];

    [Fact]
    public void Select_AnySplitOverStores_EqualsTheUnion()
    {
        Gen.Select(Gen.Int, Gen.Int[2, 6], Gen.Bool).Sample(
            (seed, stores, overlapping) => SelectAsync(new Random(seed), stores, overlapping).GetAwaiter().GetResult(), iter: 150);
    }

    [Fact]
    public void Lists_AnySplitAndLimit_EqualThoseOfTheUnion()
    {
        Gen.Select(Gen.Int, Gen.Int[2, 5], Gen.Int[0, 12]).Sample(
            (seed, stores, limit) => ListsAsync(new Random(seed), stores, limit).GetAwaiter().GetResult(), iter: 150);
    }

    [Fact]
    public async Task Over_OneQuerier_GivesItBack()
    {
        await using IQuerier only = await new InMemoryStore().OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None);

        MergedQuerier.Over([only]).ShouldBeSameAs(only);
    }

    [Fact]
    public async Task Select_MoreSeriesThanABatch_YieldsAllInOrder()
    {
        InMemoryStore[] stores = [new(), new()];
        for (int i = 0; i < 1500; i++)
        {
            LabelSet labels = LabelSet.From("__name__", "m", "i", i.ToString("d5", CultureInfo.InvariantCulture));
            await stores[i % 2].AppendAsync(TenantId.Anonymous, new BatchBuilder().Add(labels, (Base, i)).Build(), CancellationToken.None);
        }

        await using IQuerier merged = await OpenAsync(stores);
        List<string> found = [.. (await ReadAsync(merged, QueryRange.All)).Select(static series => series.Labels)];

        found.Count.ShouldBe(1500);
        found.ShouldBe(found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Dispose_Merged_DisposesEach()
    {
        int disposed = 0;
        InMemoryStore[] stores = [new(), new(), new()];
        IQuerier merged = await OpenAsync(stores, () => disposed++);

        await merged.DisposeAsync();

        disposed.ShouldBe(3);
    }

    [Fact]
    public async Task Select_OneOfManyFails_EndsTheOthersAndDisposesTheirSets()
    {
        var failure = new IOException("broken");
        var waiting = new ScriptedQuerier { Waits = true };
        var read = new ScriptedQuerier();
        await using IQuerier merged = MergedQuerier.Over([read, waiting, new ScriptedQuerier { Failure = failure, After = waiting.Begun }], concurrency: 3);

        (await Should.ThrowAsync<IOException>(
            () => merged.SelectAsync(true, new SelectHints(QueryRange.All), [s_any], CancellationToken.None).AsTask())).ShouldBeSameAs(failure);

        (await waiting.Ended.Task).ShouldBeTrue();
        (read.OpenSets, waiting.OpenSets).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Select_GivenUp_EndsAllAndSaysSo()
    {
        using var given = new CancellationTokenSource();
        var waiting = new ScriptedQuerier { Waits = true };
        await using IQuerier merged = MergedQuerier.Over([new ScriptedQuerier(), waiting], concurrency: 2);
        Task<ISeriesSet> select = merged.SelectAsync(true, new SelectHints(QueryRange.All), [s_any], given.Token).AsTask();
        await waiting.Begun;

        await given.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => select);
        waiting.OpenSets.ShouldBe(0);
    }

    private static async Task SelectAsync(Random random, int count, bool overlapping)
    {
        InMemoryStore[] stores = await FillAsync(random, count, overlapping);
        var range = new QueryRange(Base - 10_000, Base + random.Next(60_000));
        var expected = new SortedDictionary<LabelSet, SortedDictionary<long, Sample>>();
        foreach (InMemoryStore store in stores)
        {
            await using IQuerier one = await store.OpenQuerierAsync(TenantId.Anonymous, range, CancellationToken.None);
            foreach (ReadSeries series in await ReadAsync(one, range))
            {
                if (!expected.TryGetValue(series.Set, out SortedDictionary<long, Sample>? samples))
                {
                    expected[series.Set] = samples = [];
                }

                foreach (Sample sample in series.Samples)
                {
                    samples[sample.Time] = samples.TryGetValue(sample.Time, out Sample? other) && other.Beats(sample) ? other : sample;
                }
            }
        }

        await using IQuerier merged = await OpenAsync(stores, concurrency: random.Next(1, 4));
        List<ReadSeries> actual = await ReadAsync(merged, range);

        actual.Select(static series => series.Labels).ShouldBe(expected.Keys.Select(static labels => labels.ToString()));
        foreach ((ReadSeries series, SortedDictionary<long, Sample> samples) in actual.Zip(expected.Values))
        {
            series.Samples.ShouldBe((IEnumerable<Sample>)[.. samples.Values], series.Labels);
        }
    }

    private static async Task ListsAsync(Random random, int count, int limit)
    {
        InMemoryStore[] stores = await FillAsync(random, count, overlapping: true);
        LabelMatcher[] matchers = random.Next(2) == 0 ? [s_any] : [s_any, new(MatchType.Regexp, "l", "a|b|zz")];
        List<LabelSet> series = [];
        foreach (InMemoryStore store in stores)
        {
            await using IQuerier one = await store.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None);
            series.AddRange((await one.SelectSeriesAsync(matchers, 0, CancellationToken.None)).Items);
        }

        LabelSet[] all = [.. series.Distinct().Order()];
        await using IQuerier merged = await OpenAsync(stores, concurrency: random.Next(1, 4));

        ShouldBe(await merged.SelectSeriesAsync(matchers, limit, CancellationToken.None), all, limit);
        ShouldBe(
            await merged.LabelNamesAsync(matchers, limit, CancellationToken.None),
            [.. all.SelectMany(static labels => labels.ToPairs()).Select(static pair => pair.Key).Distinct().Order(Utf8Order.Instance)],
            limit);
        ShouldBe(
            await merged.LabelValuesAsync("l", matchers, limit, CancellationToken.None),
            [.. all.SelectMany(static labels => labels.ToPairs()).Where(static pair => pair.Key == "l").Select(static pair => pair.Value)
                .Distinct().Order(Utf8Order.Instance)],
            limit);
    }

    private static void ShouldBe<T>(LimitedList<T> actual, T[] all, int limit)
    {
        actual.Items.ShouldBe(limit > 0 ? all.Take(limit) : all);
        actual.Truncated.ShouldBe(limit > 0 && all.Length > limit);
    }

    private static async Task<InMemoryStore[]> FillAsync(Random random, int count, bool overlapping)
    {
        var stores = new InMemoryStore[count];
        for (int i = 0; i < count; i++)
        {
            stores[i] = new InMemoryStore { SeriesPerBatch = random.Next(1, 4) };
            var batch = new BatchBuilder();
            for (int s = random.Next(12); s > 0; s--)
            {
                LabelSet labels = LabelSet.From("__name__", "m", "l", s_values[random.Next(s_values.Length)], "k" + random.Next(3), "v");
                long time = Base + (overlapping ? random.Next(5) * 10_000 : (i * 20_000) + random.Next(20_000));
                long start = random.Next(3) == 0 ? Base - 1000 : 0;
                if (random.Next(4) == 0)
                {
                    batch.AddHistogram(labels, time, [(byte)random.Next(3), 7], start);
                }
                else
                {
                    batch.AddBits(labels, time, random.Next(6) == 0 ? SampleBits.StaleMarker : BitConverter.DoubleToInt64Bits(random.Next(3)), start);
                }
            }

            await stores[i].AppendAsync(TenantId.Anonymous, batch.Build(), CancellationToken.None);
        }

        return stores;
    }

    private static async Task<IQuerier> OpenAsync(InMemoryStore[] stores, Action? disposed = null, int concurrency = 1)
    {
        var queriers = new List<IQuerier>();
        foreach (InMemoryStore store in stores)
        {
            queriers.Add(new BorrowingQuerier(
                await store.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None), disposed ?? (static () => { })));
        }

        return MergedQuerier.Over(queriers, concurrency);
    }

    private static async Task<List<ReadSeries>> ReadAsync(IQuerier querier, QueryRange range)
    {
        var found = new List<ReadSeries>();
        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(range), [s_any], CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            SeriesBatch batch = set.Current;
            for (int i = 0; i < batch.Count; i++)
            {
                var samples = new List<Sample>();
                for (int s = 0; s < batch.Timestamps(i).Length; s++)
                {
                    samples.Add(new(batch.Timestamps(i)[s], batch.ValueBits(i)[s], batch.StartTimestamps(i).IsEmpty ? 0 : batch.StartTimestamps(i)[s], null));
                }

                foreach (HistogramSample histogram in batch.Histograms(i))
                {
                    samples.Add(new(histogram.TimestampMs, 0, histogram.StartTimestampMs, Convert.ToHexString(batch.Samples.Payload(histogram))));
                }

                if (samples.Count > 0)
                {
                    var labels = new LabelSet(batch.Labels(i).Bytes.ToArray());
                    found.Add(new(labels, labels.ToString(), [.. samples.OrderBy(static sample => sample.Time)]));
                }
            }
        }

        return found;
    }

    private sealed record ReadSeries(LabelSet Set, string Labels, IEnumerable<Sample> Samples);

    private sealed record Sample(long Time, long Bits, long Start, string? Histogram)
    {
        /// <summary>The rule, spelled out: histogram over float, greater payload, else by priority of the values; last the greater start.</summary>
        public bool Beats(Sample other)
        {
            if ((Histogram is null) != (other.Histogram is null))
            {
                return Histogram is not null;
            }

            int order = Histogram is null ? SampleBits.ComparePriority(Bits, other.Bits) : string.CompareOrdinal(Histogram, other.Histogram);
            return order != 0 ? order > 0 : Start > other.Start;
        }
    }
}
