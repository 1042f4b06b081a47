using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Tsdb.Registry;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Tsdb.Tests.Registry;

/// <summary>Refs without series: what eviction leaves behind.</summary>
public sealed class RegistryGapTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("remotestore-gaps").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void SkipTo_BillionsOfRefs_CostNextToNothingAndSelectAsBefore()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        uint[] refs = new uint[40];
        for (int i = 0; i < refs.Length; i++)
        {
            registry.SkipTo((uint)i * 100_000_000);
            refs[i] = SeriesLabels.Add(registry, SeriesLabels.Typical(i * 10)).Value;
        }

        registry.SeriesCount.ShouldBe(40);
        registry.RefEnd.ShouldBe(3_900_000_001u);
        registry.AllocatedBytes.ShouldBeLessThan(64L << 20);
        registry.Index.Select([], registry.RefEnd, registry, CancellationToken.None).ShouldBe(refs);
        registry.Index.Select([new(MatchType.Regexp, "pod", ".*")], registry.RefEnd, registry, CancellationToken.None).ShouldBe(refs);
        registry.Index.Select([new(MatchType.Regexp, "pod", "api-server-0000000[0-7]")], registry.RefEnd, registry, CancellationToken.None).ShouldBe(refs[..8]);
        registry.Contains(new SeriesRef(50_000_000)).ShouldBeFalse();
        registry.IsUnknown(new SeriesRef(50_000_000)).ShouldBeFalse();
        registry.GetLabels(new SeriesRef(50_000_000)).IsEmpty.ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(() => registry.State(new SeriesRef(50_000_000)).Flags);
    }

    [Fact]
    public void GetOrAdd_LastRefGiven_RefusesFurtherSeries()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        registry.SkipTo(uint.MaxValue - 1);
        SeriesLabels.Add(registry, SeriesLabels.Typical(0)).ShouldBe(new SeriesRef(uint.MaxValue - 1));

        byte[] labels = SeriesLabels.Typical(1);
        registry.GetOrAdd(labels, registry.Hash(labels), out _, out _).ShouldBe(Model.Writes.AppendStatus.TooManySeries);
    }

    [Fact]
    public void Dispose_WhileRetained_KeepsMemoryUntilTheLastLetsGo()
    {
        var registry = new SeriesRegistry(LabelLimits.Default);
        SeriesRef seriesRef = SeriesLabels.Add(registry, SeriesLabels.Typical(3));
        ReadOnlyMemory<byte> labels = registry.GetLabelMemory(seriesRef);
        registry.TryRetain().ShouldBeTrue();

        registry.Dispose();
        labels.Span.SequenceEqual(SeriesLabels.Typical(3)).ShouldBeTrue();

        registry.Dispose();
        registry.TryRetain().ShouldBeFalse();
        registry.AllocatedBytes.ShouldBeLessThan(64 << 10);
    }

    [Fact]
    public async Task SaveSnapshot_WithGaps_KeepsRefsTakenAlsoAtTheEnd()
    {
        using (TenantRegistryStore store = Open())
        {
            for (int i = 0; i < 100; i++)
            {
                SeriesLabels.Add(store.Registry, SeriesLabels.Typical(i));
            }

            store.AppendPending();
            Evict(store, static r => r is < 10 or > 80 || r % 3 == 0);
            await store.SaveSnapshotAsync(static _ => default, CancellationToken.None);
        }

        using TenantRegistryStore reopened = Open();
        reopened.Generation.ShouldBe(1);
        reopened.Report.UnknownCount.ShouldBe(0);
        reopened.Registry.RefEnd.ShouldBe(100u);
        for (int i = 0; i < 100; i++)
        {
            bool stays = i is >= 10 and <= 80 && i % 3 != 0;
            reopened.Registry.Contains(new SeriesRef((uint)i)).ShouldBe(stays);
            reopened.Registry.GetLabels(new SeriesRef((uint)i)).SequenceEqual(stays ? SeriesLabels.Typical(i) : []).ShouldBeTrue();
        }

        SeriesLabels.Add(reopened.Registry, SeriesLabels.Typical(0)).ShouldBe(new SeriesRef(100));
    }

    [Fact]
    public async Task Open_SnapshotAfterEvictionMissing_KeepsTheNewerRefOfASeriesThatCameBack()
    {
        using (TenantRegistryStore store = Open())
        {
            for (int i = 0; i < 50; i++)
            {
                SeriesLabels.Add(store.Registry, SeriesLabels.Typical(i));
            }

            store.AppendPending();
            await store.SaveSnapshotAsync(static _ => default, CancellationToken.None);
            Evict(store, static r => r < 40);
            SeriesLabels.Add(store.Registry, SeriesLabels.Typical(7)).ShouldBe(new SeriesRef(50));
            store.AppendPending();
            Evict(store, static r => r < 51);
            SeriesLabels.Add(store.Registry, SeriesLabels.Typical(7)).ShouldBe(new SeriesRef(51));
            SeriesLabels.Add(store.Registry, SeriesLabels.Typical(8)).ShouldBe(new SeriesRef(52));
            store.AppendPending().ShouldBe(2);
        }

        using TenantRegistryStore reopened = Open();
        reopened.Registry.RefEnd.ShouldBe(53u);
        reopened.Registry.SeriesCount.ShouldBe(50);
        foreach (uint gone in new uint[] { 7, 8, 50 })
        {
            reopened.Registry.Contains(new SeriesRef(gone)).ShouldBeFalse();
        }

        SeriesLabels.Add(reopened.Registry, SeriesLabels.Typical(7)).ShouldBe(new SeriesRef(51));
        SeriesLabels.Add(reopened.Registry, SeriesLabels.Typical(8)).ShouldBe(new SeriesRef(52));
        SeriesLabels.Add(reopened.Registry, SeriesLabels.Typical(9)).ShouldBe(new SeriesRef(9));
        reopened.Registry.Index.Select([new(MatchType.Equal, "pod", "api-server-00000000")], 53, reopened.Registry, CancellationToken.None)
            .ShouldBe([0u, 1u, 2u, 3u, 4u, 5u, 6u, 9u, 51u, 52u]);
    }

    [Fact]
    public void AppendPending_LostRefsInBetween_AreNotWrittenOneByOne()
    {
        using (TenantRegistryStore store = Open())
        {
            SeriesLabels.Add(store.Registry, SeriesLabels.Typical(0));
            store.Registry.ReserveThrough(new SeriesRef(1_000_000_000));
            SeriesLabels.Add(store.Registry, SeriesLabels.Typical(1));
            store.AppendPending();
        }

        new FileInfo(Directory.GetFiles(_root, "log-*").ShouldHaveSingleItem()).Length.ShouldBeLessThan(2000);
        using TenantRegistryStore reopened = Open();
        SeriesLabels.Add(reopened.Registry, SeriesLabels.Typical(1)).ShouldBe(new SeriesRef(1_000_000_001));
        reopened.Registry.UnknownCount.ShouldBe(1_000_000_000);
    }

    private static void Evict(TenantRegistryStore store, Func<uint, bool> leaves)
    {
        SeriesRegistry old = store.Registry;
        SeriesRegistry fresh = old.NewEmpty();
        for (uint r = 0; old.TryNext(ref r, old.RefEnd); r++)
        {
            if (!leaves(r))
            {
                _ = fresh.Copy(in old.State(new SeriesRef(r)), old.GetLabels(new SeriesRef(r)));
            }
        }

        fresh.SkipTo(old.RefEnd);
        store.Exchange(fresh).Dispose();
    }

    private TenantRegistryStore Open() => TenantRegistryStore.Open(LocalFileSystem.Instance, _root, LabelLimits.Default, NullLogger.Instance);
}
