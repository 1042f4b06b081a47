using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Storage.Tests.Querying;

public sealed class PartialReadsTests
{
    private static readonly MissingData s_first = Gap("first", 0, 10);
    private static readonly MissingData s_second = Gap("second", 5, 20);

    [Fact]
    public async Task Run_SetAside_IsReadAnewWhetherOrNotPartialAnswersAreTaken_ButNotForEver()
    {
        int reads = 0;
        int answer = await PartialReads.RunAsync(new Holed(), allowPartial: false, _ =>
            ++reads < 3 ? throw new IOException("wrapped", new MissingDataException([new MissingData(QueryRange.All, "block", "damaged")]) { IsSetAside = true }) : new ValueTask<int>(reads));
        answer.ShouldBe(3);

        reads = 0;
        await Should.ThrowAsync<MissingDataException>(async () => await PartialReads.RunAsync<int>(new Holed(), allowPartial: false, _ =>
        {
            reads++;
            throw new MissingDataException([new MissingData(QueryRange.All, "block", "damaged")]) { IsSetAside = true };
        }));
        reads.ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task RunAsync_PartialIsNotAllowed_ThrowsTheFirstGap()
    {
        var storage = new Holed(s_first, s_second);
        MissingDataException e = await Should.ThrowAsync<MissingDataException>(
            async () => await PartialReads.RunAsync(storage, allowPartial: false, ReadAsync));
        e.Missing.ShouldBe([s_first]);
        storage.Opened.ShouldBe(1);
    }

    [Fact]
    public async Task RunAsync_GapsComeOneAfterAnother_AnswersWithoutAllOfThem()
    {
        var storage = new Holed(s_first, s_second);
        (await PartialReads.RunAsync(storage, allowPartial: true, ReadAsync)).ShouldBe([s_first, s_second]);
        storage.Opened.ShouldBe(3);
    }

    [Fact]
    public async Task RunAsync_GapIsWrapped_IsFound()
    {
        var storage = new Holed(s_first);
        IReadOnlyList<MissingData> missing = await PartialReads.RunAsync(storage, allowPartial: true, async view =>
        {
            try
            {
                return await ReadAsync(view);
            }
            catch (IOException e)
            {
                throw new InvalidOperationException("a layer's own words", e);
            }
        });
        missing.ShouldBe([s_first]);
    }

    [Fact]
    public async Task RunAsync_SameGapAgain_GivesUp()
    {
        var storage = new Holed(s_first) { IgnoresWishes = true };
        await Should.ThrowAsync<MissingDataException>(async () => await PartialReads.RunAsync(storage, allowPartial: true, ReadAsync));
        storage.Opened.ShouldBe(2);
    }

    [Fact]
    public async Task RunAsync_OtherFailure_IsThrown()
    {
        await Should.ThrowAsync<IOException>(async () =>
            await PartialReads.RunAsync<int>(new Holed(), allowPartial: true, static _ => throw new IOException("the disk is gone")));
    }

    [Fact]
    public void ToString_Gap_NamesSourceTimesAndReason() =>
        new MissingData(new QueryRange(0, 1_700_000_000_123), "block 01J", "it is damaged").ToString().ShouldBe(
            "no data of block 01J from 1970-01-01T00:00:00.000Z to 2023-11-14T22:13:20.123Z: it is damaged");

    [Fact]
    public void ToString_AllOfTime_IsClamped() =>
        new MissingData(QueryRange.All, "blocks", "gone").ToString().ShouldBe(
            "no data of blocks from 0001-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z: gone");

    private static MissingData Gap(string source, long from, long to) => new(new QueryRange(from, to), source, "it does not answer");

    private static async ValueTask<IReadOnlyList<MissingData>> ReadAsync(IQueryable view)
    {
        await using IQuerier querier = await view.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None);
        return querier.Missing;
    }

    /// <summary>Refuses each gap until it is told to do without.</summary>
    private sealed class Holed(params MissingData[] gaps) : IPartialQueryable
    {
        public bool IgnoresWishes { get; init; }

        public int Opened { get; private set; }

        public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
            OpenQuerierAsync(tenant, range, [], cancellationToken);

        public ValueTask<IQuerier> OpenQuerierAsync(
            TenantId tenant, QueryRange range, IReadOnlyList<MissingData> without, CancellationToken cancellationToken)
        {
            Opened++;
            MissingData? open = gaps.FirstOrDefault(gap => IgnoresWishes || !without.Any(gap.IsSameGap));
            return open is null ? new(new Nothing()) : throw new MissingDataException([open]);
        }
    }

    private sealed class Nothing : IQuerier
    {
        public IReadOnlyList<MissingData> Missing => [];

        public ValueTask<ISeriesSet> SelectAsync(
            bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) => throw new System.Diagnostics.UnreachableException("reading gaps selects nothing");

        public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(
            IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) => throw new System.Diagnostics.UnreachableException("reading gaps selects nothing");

        public ValueTask<LimitedList<string>> LabelNamesAsync(
            IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) => throw new System.Diagnostics.UnreachableException("reading gaps selects nothing");

        public ValueTask<LimitedList<string>> LabelValuesAsync(
            string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) => throw new System.Diagnostics.UnreachableException("reading gaps selects nothing");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
