using CsCheck;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Querier.Deletions;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Querier.Tests.Deletions;

public sealed class UndeletedQueryableTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly TenantId s_tenant = TenantId.Anonymous;
    private static readonly LabelMatcher[] s_all = [new(MatchType.Regexp, "__name__", ".*")];

    [Fact]
    public void AnyDeletions_EveryReadIsThatOfAStoreWithoutTheSamples() => Gen.Int.Sample(
        static seed =>
        {
            var random = new Random(seed);
            (InMemoryStore whole, InMemoryStore rest, SeriesDeletions deletions) = MakeAsync(random).GetAwaiter().GetResult();
            var range = new QueryRange(random.Next(0, 60), random.Next(40, 110));
            string difference = CompareAsync(new UndeletedQueryable(whole, new Fixed(deletions)), rest, range, random).GetAwaiter().GetResult();
            difference.ShouldBe("");
        },
        iter: 300);

    [Fact]
    public async Task NoDeletions_TheViewIsTheStoresOwn()
    {
        (InMemoryStore whole, _, _) = await MakeAsync(new Random(1));
        await using IQuerier querier = await new UndeletedQueryable(whole, new Fixed(SeriesDeletions.None)).OpenQuerierAsync(s_tenant, QueryRange.All, s_none);

        querier.ShouldNotBeOfType<UndeletedQuerier>();
    }

    [Fact]
    public async Task Windows_DeletedOrCut_LeaveWhatIsKnownOfTheRestAndAreAskedForOnlyWhereNothingElseIs()
    {
        var inner = new WindowSource();
        var deletions = new SeriesDeletions([new([new(MatchType.Equal, "__name__", "up")], new(100, 215))]);
        await using IQuerier querier = await new UndeletedQueryable(inner, new Fixed(deletions)).OpenQuerierAsync(s_tenant, QueryRange.All, s_none);
        var hints = new SelectHints(QueryRange.All, 100, "sum_over_time")
        {
            AcceptsWindows = true,
            MaxResolutionMs = 100,
            RangeMs = 100,
            Columns = WindowColumns.Sum,
        };

        await using ISeriesSet set = await querier.SelectAsync(sorted: true, hints, s_all, s_none);
        (await set.MoveNextAsync(s_none)).ShouldBeTrue();

        (inner.Asked.Function, inner.Asked.MaxResolutionMs, inner.Asked.AcceptsWindows).ShouldBe(("", 0, true));
        inner.Asked.Columns.ShouldBe(WindowColumns.All, "what is left of a window that is cut are its first and last sample");

        // That to 100 has its last sample in the range, that to 200 all, that to 300 its first.
        set.Current.Windows(0).ToArray().Select(static window => (window.EndMs, window.FirstMs, window.LastMs, window.Count, window.Sum))
            .ShouldBe([(100, 10, 10, 1, 1), (300, 300, 300, 1, 2), (400, 310, 400, 7, 50)]);
    }

    [Fact]
    public async Task Exemplars_OfDeletedSamples_AreNotGiven()
    {
        var store = new ExemplarSource();
        var deletions = new SeriesDeletions([new([new(MatchType.Equal, "__name__", "up")], new(5, 10))]);

        IReadOnlyList<SeriesExemplars> found = await new UndeletedExemplars(store, new Fixed(deletions)).SelectExemplarsAsync(s_tenant, QueryRange.All, [s_all], s_none);

        found.Select(static series => $"{series.SeriesLabels} {string.Join(',', series.Exemplars.Select(static exemplar => exemplar.TimestampMs))}")
            .ShouldBe(["{__name__=\"down\"} 7", "{__name__=\"up\"} 11"]);
    }

    private static async Task<(InMemoryStore Whole, InMemoryStore Left, SeriesDeletions Deletions)> MakeAsync(Random random)
    {
        var deletions = new SeriesDeletions(Enumerable.Range(0, random.Next(1, 4)).Select(_ => new SeriesDeletion(
            [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Matcher(random))],
            new(random.Next(4) == 0 ? long.MinValue : random.Next(0, 100), random.Next(4) == 0 ? long.MaxValue : random.Next(0, 100)))).ToArray());
        var whole = new InMemoryStore();
        var rest = new InMemoryStore();
        var gone = new List<QueryRange>();
        for (int s = 0; s < 12; s++)
        {
            LabelSet labels = LabelSet.From("__name__", "m" + (s % 3), "a", (s / 3).ToString(System.Globalization.CultureInfo.InvariantCulture), s % 2 == 0 ? "b" : "c", "x" + s);
            _ = deletions.RangesOf(labels.Bytes.Span, gone);
            var all = new BatchBuilder();
            var left = new BatchBuilder();
            List<(long Time, double Value)> samples = [.. Enumerable.Range(0, 100).Where(_ => random.Next(3) == 0).Select(time => ((long)time, (double)time))];
            Add(all, labels, samples);
            Add(left, labels, [.. samples.Where(sample => !KeptSamples.Covers(gone, new(sample.Time, sample.Time)))]);
            await whole.AppendAsync(s_tenant, all.Build(), s_none);
            await rest.AppendAsync(s_tenant, left.Build(), s_none);
        }

        return (whole, rest, deletions);
    }

    private static void Add(BatchBuilder builder, LabelSet labels, List<(long Time, double Value)> samples)
    {
        if (samples.Count > 0)
        {
            builder.Add(labels, [.. samples]);
        }
    }

    private static LabelMatcher Matcher(Random random) => random.Next(4) switch
    {
        0 => new(MatchType.Equal, "__name__", "m" + random.Next(3)),
        1 => new(MatchType.NotEqual, "b", ""),
        2 => new(MatchType.Regexp, "a", "[0-" + random.Next(4) + "]"),
        _ => new(MatchType.NotRegexp, "c", "x1|x" + random.Next(12)),
    };

    private static async Task<string> CompareAsync(UndeletedQueryable deleted, InMemoryStore rest, QueryRange range, Random random)
    {
        LabelMatcher[] matchers = [.. s_all, Matcher(random)];
        int limit = random.Next(3) * random.Next(1, 6);
        await using IQuerier actual = await deleted.OpenQuerierAsync(s_tenant, range, s_none);
        await using IQuerier expected = await rest.OpenQuerierAsync(s_tenant, range, s_none);
        string[] of = await ReadAsync(actual, range, matchers, limit);
        string[] from = await ReadAsync(expected, range, matchers, limit);
        return of.SequenceEqual(from) ? "" : $"{string.Join('\n', of)}\nis not\n{string.Join('\n', from)}";
    }

    private static async Task<string[]> ReadAsync(IQuerier querier, QueryRange range, LabelMatcher[] matchers, int limit)
    {
        var lines = new List<string>();
        await using ISeriesSet set = await querier.SelectAsync(sorted: true, new SelectHints(range), matchers, s_none);
        var batch = new SeriesBatch();
        set.Current = batch;
        while (await set.MoveNextAsync(s_none))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Timestamps(i).Length > 0)
                {
                    lines.Add($"{batch.Labels(i)} {string.Join(',', batch.Timestamps(i).ToArray())} {string.Join(',', batch.ValueBits(i).ToArray())}");
                }
            }

            batch = set.Current = new SeriesBatch(); // the one that was filled is ours from here on
        }

        LimitedList<LabelSet> series = await querier.SelectSeriesAsync(matchers, limit, s_none);
        LimitedList<string> names = await querier.LabelNamesAsync(matchers, limit, s_none);
        LimitedList<string> values = await querier.LabelValuesAsync("a", matchers, limit, s_none);
        LimitedList<string> others = await querier.LabelValuesAsync("b", [], limit, s_none);
        lines.Add(string.Join(' ', series.Items));
        lines.Add(string.Join(' ', names.Items));
        lines.Add(string.Join(' ', values.Items));
        lines.Add(string.Join(' ', others.Items));
        lines.Add($"{series.Truncated} {names.Truncated} {values.Truncated} {others.Truncated}");
        return [.. lines];
    }

    private sealed class Fixed(SeriesDeletions deletions) : IPendingDeletions
    {
        public ValueTask<SeriesDeletions> GetAsync(TenantId tenant, CancellationToken cancellationToken) => new(deletions);
    }

    private sealed class ExemplarSource : IExemplarQueryable
    {
        public ValueTask<IReadOnlyList<SeriesExemplars>> SelectExemplarsAsync(
            TenantId tenant, QueryRange range, IReadOnlyList<IReadOnlyList<LabelMatcher>> matcherSets, CancellationToken cancellationToken) => new(
        [
            new(LabelSet.From("__name__", "down"), [new(LabelSet.From("t", "1"), 0, 7)]),
            new(LabelSet.From("__name__", "up"), [new(LabelSet.From("t", "2"), 0, 5), new(LabelSet.From("t", "3"), 0, 11)]),
            new(LabelSet.From("__name__", "up", "x", "y"), [new(LabelSet.From("t", "4"), 0, 10)]),
        ]);
    }

    private sealed class WindowSource : IQueryable, IQuerier
    {
        public SelectHints Asked { get; private set; }

        public IReadOnlyList<MissingData> Missing => [];

        public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) => new(this);

        public ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
        {
            Asked = hints;
            return new(new WindowSet());
        }

        public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) => new(new LimitedList<LabelSet>([], false));

        public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) => new(new LimitedList<string>([], false));

        public ValueTask<LimitedList<string>> LabelValuesAsync(string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            new(new LimitedList<string>([], false));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class WindowSet : ISeriesSet
    {
        private bool _done;

        public SeriesBatch Current { get; set; } = new();

        public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            Current.Clear();
            if (_done)
            {
                return new(false);
            }

            _done = true;
            SampleMark before = Current.Samples.Mark;
            foreach (long end in (long[])[100, 200, 300, 400])
            {
                Current.Samples.AddWindow(new() { EndMs = end, ResolutionMs = 100, FirstMs = end - 90, LastMs = end, Count = 7, Sum = 50, First = 1, Last = 2 });
            }

            Current.AddSeries(LabelSet.From("__name__", "up"), before);
            return new(true);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
