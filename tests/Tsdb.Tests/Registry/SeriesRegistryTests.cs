using System.Runtime.CompilerServices;
using CsCheck;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Tsdb.Registry;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Registry;

public sealed class SeriesRegistryTests
{
    [Fact]
    public void GetOrAdd_AnySequence_BehavesAsDictionary() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], Gen.Bool).Array[0, 300].Sample(
            writes =>
            {
                using var registry = new SeriesRegistry(LabelLimits.Default);
                var model = new Dictionary<(int, int), SeriesRef>();
                foreach ((int a, int b, bool sorted) in writes)
                {
                    // 0 stands for an empty value, which is no label.
                    string av = a == 0 ? "" : $"v{a}";
                    string bv = b == 0 ? "" : $"v{b}";
                    byte[] raw = sorted
                        ? SeriesLabels.Raw("__name__", "m", "a", av, "b", bv)
                        : SeriesLabels.Raw("b", bv, "a", av, "__name__", "m");
                    SeriesRef found = SeriesLabels.Add(registry, raw);
                    if (!model.TryGetValue((a, b), out SeriesRef expected))
                    {
                        expected = new SeriesRef((uint)model.Count);
                        model.Add((a, b), expected);
                    }

                    found.ShouldBe(expected);
                    registry.State(found).Ref.ShouldBe(expected);
                    new LabelSet(registry.GetLabelMemory(found)).GetValue("a"u8).SequenceEqual(System.Text.Encoding.UTF8.GetBytes(av)).ShouldBeTrue();
                }

                registry.SeriesCount.ShouldBe(model.Count);
            },
            iter: 100);

    [Fact]
    public void GetOrAdd_NewSeries_StartsUnknown()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        ref SeriesState state = ref registry.State(SeriesLabels.Add(registry, SeriesLabels.Typical(1)));

        state.LastTimestamp.ShouldBe(long.MinValue);
        state.HeadRow.ShouldBe(-1);
        state.FirstTimestamp.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void GetOrAdd_InvalidLabels_AreRefusedWithReason()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        byte[] raw = SeriesLabels.Raw("a", "b");

        AppendStatus status = registry.GetOrAdd(raw, registry.Hash(raw), out _, out bool created);

        status.ShouldBe(AppendStatus.MissingMetricName);
        created.ShouldBeFalse();
        registry.SeriesCount.ShouldBe(0);
        registry.Describe(status, raw).ShouldNotBeEmpty();
    }

    [Fact]
    public void GetOrAdd_PastTheLimitOfSeries_RefusesNewOnesOnly()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default, maxSeries: 1);
        byte[] first = SeriesLabels.Raw("__name__", "a");
        byte[] second = SeriesLabels.Raw("__name__", "b");
        SeriesLabels.Add(registry, first);

        registry.GetOrAdd(second, registry.Hash(second), out _, out _).ShouldBe(AppendStatus.TooManySeries);
        registry.GetOrAdd(first, registry.Hash(first), out SeriesRef found, out bool created).ShouldBe(AppendStatus.Ok);
        found.ShouldBe(new SeriesRef(0));
        created.ShouldBeFalse();
    }

    [Fact]
    public void Find_OtherFormOfKnownSeries_IsRememberedAfterTheFirstTime()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        SeriesRef canonical = SeriesLabels.Add(registry, SeriesLabels.Raw("__name__", "m", "a", "1"));
        byte[] unsorted = SeriesLabels.Raw("a", "1", "__name__", "m");

        Unsafe.IsNullRef(ref registry.Find(unsorted, registry.Hash(unsorted))).ShouldBeTrue();
        SeriesLabels.Add(registry, unsorted).ShouldBe(canonical);
        registry.Find(unsorted, registry.Hash(unsorted)).Ref.ShouldBe(canonical);
        registry.SeriesCount.ShouldBe(1);
    }

    [Fact]
    public void Find_MoreOtherFormsThanTheCacheHolds_StaysBoundedAndRight()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        long before = 0;
        for (int i = 0; i < AliasCache.MaxEntries + 1000; i++)
        {
            byte[] raw = SeriesLabels.Raw("v", $"{i % 7}", "empty", "", "a", $"{i}", "__name__", "m");
            registry.GetOrAdd(raw, registry.Hash(raw), out SeriesRef added, out _).ShouldBe(AppendStatus.Ok);
            registry.Find(raw, registry.Hash(raw)).Ref.ShouldBe(added);
            before = i == 1000 ? registry.AllocatedBytes : before;
        }

        registry.SeriesCount.ShouldBe(AliasCache.MaxEntries + 1000);
    }

    [Fact]
    public void AliasCache_Full_ForgetsAll()
    {
        using var cache = new AliasCache();
        byte[] raw = new byte[10_000];
        for (uint i = 0; i < 4000; i++)
        {
            BitConverter.TryWriteBytes(raw, i);
            cache.Add(raw, i * 1_000_003, i + 1);
            cache.Find(raw, i * 1_000_003).ShouldBe(i + 1);
            cache.AllocatedBytes.ShouldBeLessThan(AliasCache.MaxBytes + (3 << 20));
        }

        cache.Count.ShouldBeLessThan(2000);
    }

    [Fact]
    public void ReserveThrough_LostRefs_AreNeverGivenAgain()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        SeriesLabels.Add(registry, SeriesLabels.Typical(0));
        registry.ReserveThrough(new SeriesRef(4));
        registry.ReserveThrough(new SeriesRef(2));

        SeriesLabels.Add(registry, SeriesLabels.Typical(1)).ShouldBe(new SeriesRef(5));
        registry.UnknownCount.ShouldBe(4);
        registry.GetLabels(new SeriesRef(3)).IsEmpty.ShouldBeTrue();
        registry.Contains(new SeriesRef(3)).ShouldBeFalse();
        registry.IsUnknown(new SeriesRef(3)).ShouldBeTrue();
        registry.SeriesCount.ShouldBe(2);
        registry.Index.Select([], registry.RefEnd, registry, CancellationToken.None).ShouldBe([0u, 5u]);
    }

    [Fact]
    public void State_RefNotGiven_Throws()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);

        Should.Throw<ArgumentOutOfRangeException>(() => registry.State(new SeriesRef(0)).Ref);
        Should.Throw<ArgumentOutOfRangeException>(() => registry.GetLabelMemory(new SeriesRef(0)));
    }

    [Fact]
    public void Find_KnownSeries_AllocatesNothing()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        byte[][] keys = [.. Enumerable.Range(0, 2000).Select(SeriesLabels.Typical)];
        foreach (byte[] key in keys)
        {
            SeriesLabels.Add(registry, key);
        }

        long found = Lookups(registry, keys);
        long before = GC.GetAllocatedBytesForCurrentThread();
        found += Lookups(registry, keys);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        found.ShouldBe(2 * 2000L * 1999 / 2);
    }

    [Fact]
    public async Task GetLabels_WhileSeriesAreAdded_AreComplete()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        const int Total = 20_000;
        Task reader = Task.Run(() =>
        {
            for (int seen = 0; seen < Total;)
            {
                int count = (int)registry.RefEnd;
                for (; seen < count; seen++)
                {
                    registry.GetLabels(new SeriesRef((uint)seen)).SequenceEqual(SeriesLabels.Typical(seen)).ShouldBeTrue();
                    registry.State(new SeriesRef((uint)seen)).HeadRow.ShouldBe(-1);
                }
            }
        });
        for (int i = 0; i < Total; i++)
        {
            SeriesLabels.Add(registry, SeriesLabels.Typical(i));
        }

        await reader.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void AllocatedBytes_ManyTypicalSeries_StaysFarBelowThreeHundredEach()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        const int Series = 50_000;
        long keyBytes = 0;
        for (int i = 0; i < Series; i++)
        {
            byte[] key = SeriesLabels.Typical(i);
            keyBytes += key.Length;
            SeriesLabels.Add(registry, key);
        }

        double overhead = (double)(registry.AllocatedBytes - keyBytes) / Series;
        overhead.ShouldBeLessThan(120);
    }

    [Fact]
    public void AllocatedBytes_TinyTenant_IsKilobytes()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        SeriesLabels.Add(registry, SeriesLabels.Typical(0));

        registry.AllocatedBytes.ShouldBeLessThan(32 << 10);
    }

    private static long Lookups(SeriesRegistry registry, byte[][] keys)
    {
        long sum = 0;
        foreach (byte[] key in keys)
        {
            ulong hash = registry.Hash(key);
            registry.PrefetchSlot(hash);
            registry.PrefetchRecord(hash);
            sum += registry.Find(key, hash).Ref.Value;
        }

        return sum;
    }
}
