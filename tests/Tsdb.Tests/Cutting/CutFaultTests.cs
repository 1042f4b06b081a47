using System.Globalization;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage;
using RemoteStore.Storage.Administration;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using Samples = System.Collections.Generic.SortedDictionary<string, System.Collections.Generic.List<(long T, string Value)>>;

namespace RemoteStore.Tsdb.Tests.Cutting;

/// <summary>A cut that fails, or whose traces are lost, changes no answer and can be repeated.</summary>
public sealed class CutFaultTests
{
    private static readonly TenantId s_other = TenantId.Parse("other");

    [Fact]
    public async Task Cut_AnyCallToTheDiskFails_NothingIsLostAndTheNextCutSucceeds()
    {
        int failures = 0;
        for (int failing = 0; ; failing++)
        {
            var files = new FaultyFileSystem();
            await using StoreHarness store = await StartAsync(files);
            await AppendAsync(store, TenantId.Anonymous, -90);
            await AppendAsync(store, s_other, -90);
            await store.Store.FlushAsync(merge: false, CancellationToken.None);
            await AppendAsync(store, TenantId.Anonymous, -60);
            Samples before = await store.ReadAsync();
            int calls = 0;
            int fails = failing;
            files.FailWhen((_, path) => (path.Contains("blocks", StringComparison.Ordinal) || path.Contains("parts", StringComparison.Ordinal)) && calls++ == fails);

            bool failed = false;
            try
            {
                await store.Store.CutAsync(allEnded: true, CancellationToken.None);
            }
            catch (StorageUnavailableException)
            {
                failed = true;
                failures++;
            }

            files.FailWhen(null);
            StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
            if (calls <= failing)
            {
                failed.ShouldBeFalse();
                break;
            }

            await store.CrashAsync();
            StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
            FlushReport report = await store.Store.CutAsync(allEnded: true, CancellationToken.None);
            report.Rows.ShouldBe(0, $"call {failing} failed");
            StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
            store.Store.GetDurability().QuarantinedParts.ShouldBeEmpty();
        }

        failures.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Manifest_LostAfterACut_ThePartIsDroppedAgain()
    {
        await using StoreHarness store = await StartAsync();
        await AppendAsync(store, TenantId.Anonymous, -60);
        await AppendAsync(store, s_other, -60);
        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        store.Time.Advance(TimeSpan.FromMinutes(61));
        await AppendAsync(store, TenantId.Anonymous, 0);

        // Over for the one who wrote on, not yet for the other: the part stays for that one's sake.
        FlushReport report = await store.Store.CutAsync(allEnded: false, CancellationToken.None);

        report.Blocks.ShouldBe(1);
        report.Parts.ShouldBe(2);
        Samples before = await store.ReadAsync();
        Samples other = await store.ReadAsync(s_other);
        await store.CrashAsync();
        Held(store).ShouldBe((1, 1));
        await store.CrashAsync(directory => File.WriteAllText(Path.Combine(directory, "parts", "MANIFEST"), "nonsense"));

        Held(store).ShouldBe((1, 1));
        StoreHarness.ShouldBeSame(await store.ReadAsync(), before);
        StoreHarness.ShouldBeSame(await store.ReadAsync(s_other), other);

        static (int Anonymous, int Other) Held(StoreHarness store) => (
            store.Store.State!.Catalog.Parts.Count(static part => part.Holds(TenantId.Anonymous)),
            store.Store.State.Catalog.Parts.Count(static part => part.Holds(s_other)));
    }

    private static Task<StoreHarness> StartAsync(FaultyFileSystem? files = null) => StoreHarness.StartAsync(
        static options => options with { BlockRange = TimeSpan.FromHours(1), OutOfOrderWindow = TimeSpan.FromHours(1), IdleAfter = TimeSpan.FromDays(1) }, files);

    private static async Task AppendAsync(StoreHarness store, TenantId tenant, int minutes)
    {
        var batch = new BatchBuilder();
        for (int i = 0; i < 20; i++)
        {
            batch.Add(
                LabelSet.From("__name__", "m", "i", i.ToString(CultureInfo.InvariantCulture)),
                (store.NowMs + (minutes * 60_000L), i),
                (store.NowMs + (minutes * 60_000L) + 1000, i + 0.5));
        }

        (await store.AppendAsync(batch, tenant)).Rejects.Total.ShouldBe(0);
    }
}
