using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using RemoteStore.Tsdb.Heads;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Heads;

public class LateWritesTests
{
    private const long DayMs = 86_400_000;

    private static readonly LabelSet s_up = LabelSet.From("__name__", "up", "job", "a");

    [Fact]
    public async Task Watch_TenantWithoutData_HasNotChangedUntilItsFirstWrite()
    {
        await using StoreHarness store = await StoreHarness.StartAsync(static o => o with { Retention = TimeSpan.FromDays(1) });

        WriteVersion version = store.Store.Watch(TenantId.Anonymous, store.NowMs);

        version.IsWatched.ShouldBeTrue("what it has in a bucket is worth keeping answers of");
        version.OldestMs.ShouldBe(store.NowMs - DayMs);
        store.Store.IsUnchanged(TenantId.Anonymous, version, QueryRange.All).ShouldBeTrue();

        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs - 5, 1)));

        store.Store.IsUnchanged(TenantId.Anonymous, version, new QueryRange(0, 0)).ShouldBeFalse("writes before the first were not watched");
        store.Store.IsUnchanged(TenantId.Anonymous, store.Store.Watch(TenantId.Anonymous, store.NowMs), QueryRange.All).ShouldBeTrue();
    }

    [Fact]
    public async Task Append_SampleBeforeWatchedTime_ChangesItsDayAlone()
    {
        await using StoreHarness store = await StoreHarness.StartAsync(static o => o with { OutOfOrderWindow = TimeSpan.FromDays(9) });
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)));
        long before = store.NowMs - 600_000;
        WriteVersion version = store.Store.Watch(TenantId.Anonymous, before);

        await store.AppendAsync(new BatchBuilder().Add(s_up, (before - (2 * DayMs), 1), (before, 2)));

        Unchanged(before - DayMs, before - 1).ShouldBeTrue();
        Unchanged(before - (2 * DayMs), before - (2 * DayMs)).ShouldBeFalse();
        Unchanged(before - (3 * DayMs), before - (3 * DayMs)).ShouldBeTrue();
        Unchanged(before - (9 * DayMs), before).ShouldBeFalse();
        store.Store.Watch(TenantId.Anonymous, before).Writes.ShouldBeGreaterThan(version.Writes);

        bool Unchanged(long from, long to) => store.Store.IsUnchanged(TenantId.Anonymous, version, new QueryRange(from, to));
    }

    [Fact]
    public async Task Append_SamplesFromWatchedTimeOn_ChangeNothing()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)));
        WriteVersion version = store.Store.Watch(TenantId.Anonymous, store.NowMs - 1000);

        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs - 1000, 7), (store.NowMs + 1, 1)));

        store.Store.IsUnchanged(TenantId.Anonymous, version, QueryRange.All).ShouldBeTrue();
    }

    [Fact]
    public async Task Append_RefusedAndRepeatedSamples_ChangeNothing()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)));
        WriteVersion version = store.Store.Watch(TenantId.Anonymous, store.NowMs + 1);

        AppendResult result = await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1), (store.NowMs, 2), (store.NowMs - DayMs, 1)));

        result.Rejects.Total.ShouldBe(2);
        store.Store.IsUnchanged(TenantId.Anonymous, version, QueryRange.All).ShouldBeTrue();
    }

    [Fact]
    public async Task Append_OfOneTenant_ChangesNoOther()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        TenantId other = TenantId.Parse("other");
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)));
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)), other);
        WriteVersion version = store.Store.Watch(other, store.NowMs);
        store.Store.Watch(TenantId.Anonymous, store.NowMs);

        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs - 1, 1)));

        store.Store.IsUnchanged(other, version, QueryRange.All).ShouldBeTrue();
        store.Store.Watch(other, store.NowMs).ShouldBe(version);
    }

    [Fact]
    public async Task BlockRemoved_ChangesItsDayWhenReadersOfTheBucketDoNotHaveItsSamples()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)));
        store.Time.Advance(TimeSpan.FromHours(9));
        await store.Store.CutAsync(allEnded: true, CancellationToken.None);
        LocalBlock block = store.Store.LocalBlocks.GetLocalBlocks(TenantId.Anonymous).ShouldHaveSingleItem();
        store.Store.LocalBlocks.GetLocalBlocks(TenantId.Parse("other")).ShouldBeEmpty();
        store.Store.LocalBlocks.MarkSettled(TenantId.Anonymous, new HashSet<BlockId> { block.Meta.Id });
        WriteVersion version = store.Store.Watch(TenantId.Anonymous, store.NowMs);

        store.Store.LocalBlocks.Remove(TenantId.Anonymous, new HashSet<BlockId> { block.Meta.Id }, new HashSet<BlockId> { block.Meta.Id }).ShouldBe(1);

        store.Store.IsUnchanged(TenantId.Anonymous, version, new QueryRange(block.Meta.MinTime, block.Meta.MaxTime)).ShouldBeFalse();
        store.Store.IsUnchanged(TenantId.Anonymous, version, new QueryRange(0, 0)).ShouldBeTrue();
    }

    [Fact]
    public async Task SamplesLost_EverythingHasChanged()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)));
        WriteVersion version = store.Store.Watch(TenantId.Anonymous, store.NowMs);

        store.Store.State!.Heads.ForgetNewest(); // what catalogs call when a part or block turns out damaged

        store.Store.IsUnchanged(TenantId.Anonymous, version, new QueryRange(0, 0)).ShouldBeFalse();
    }

    [Fact]
    public async Task Append_LateHistogram_ChangesItsDay()
    {
        await using StoreHarness store = await StoreHarness.StartAsync();
        await store.AppendAsync(new BatchBuilder().Add(s_up, (store.NowMs, 1)));
        WriteVersion version = store.Store.Watch(TenantId.Anonymous, store.NowMs);

        AppendResult result = await store.AppendAsync(new BatchBuilder().AddHistogram(s_up, store.NowMs - 5, [1, 2, 3]));

        result.HistogramsWritten.ShouldBe(1);
        store.Store.IsUnchanged(TenantId.Anonymous, version, QueryRange.All).ShouldBeFalse();
    }

    /// <summary>Against a list of all changes.</summary>
    [Fact]
    public void IsUnchanged_AnyHistory_AgreesWithTheListOfWrites() => Gen.Select(
            Gen.Select(Gen.Long[-5 * DayMs, 5 * DayMs], Gen.Long[0, 3 * DayMs]).List[0, 30],
            Gen.Int[0, 30],
            Gen.Long[-6 * DayMs, 6 * DayMs],
            Gen.Long[-2, 4 * DayMs])
        .Sample(static (writes, at, from, length) =>
        {
            var late = new LateWrites();
            at = Math.Min(at, writes.Count);
            long version = -1;
            for (int i = 0; i <= writes.Count; i++)
            {
                version = i == at ? late.Changes : version;
                if (i < writes.Count)
                {
                    late.Note(writes[i].Item1);
                    late.Note(writes[i].Item1 + writes[i].Item2);
                    late.Publish();
                }
            }

            bool expected = !writes.Skip(at).Any(w => length >= 0 && Day(w.Item1) <= Day(from + length) && Day(w.Item1 + w.Item2) >= Day(from));
            late.IsUnchanged(version, new QueryRange(from, from + length)).ShouldBe(expected);
        });

    [Fact]
    public void IsUnchanged_MoreDaysThanAreRemembered_NoneCountsAsUnchanged()
    {
        var late = new LateWrites();
        long version = late.Changes;
        for (long day = 0; day < 10_000; day++)
        {
            late.Note(day * DayMs);
            late.Publish();
        }

        for (long day = 0; day < 10_000; day++)
        {
            late.IsUnchanged(version, new QueryRange(day * DayMs, day * DayMs)).ShouldBeFalse();
        }
    }

    private static long Day(long timestampMs) => (long)Math.Floor((double)timestampMs / DayMs);
}
