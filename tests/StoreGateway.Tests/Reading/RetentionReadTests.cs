using RemoteStore.Blocks.Local;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.StoreGateway.Tests.Reading;

/// <summary>Samples past their retention are in no answer, though their blocks are still there.</summary>
public sealed class RetentionReadTests : IDisposable
{
    private const long Hour = GatewayHarness.Hour;

    private readonly GatewayHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Samples_PastTheRetention_AreNotRead()
    {
        await FillAsync();
        KeepFrom(3);

        (await _harness.ReadAsync(matchers: GatewayHarness.Series(3))).ShouldHaveSingleItem().Value.ShouldBe(
            Enumerable.Range(0, 60).Select(static minute => (3 * Hour) + (minute * 60_000L)));
        _harness.Bucket.Reads.ShouldAllBe(static read => !read.Key.Contains(BlockMaker.Id(0).ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Labels_OfSamplesPastTheRetention_AreNotListed()
    {
        await FillAsync();
        KeepFrom(3);
        await using IQuerier old = await _harness.OpenAsync(new QueryRange(0, (3 * Hour) - 1));

        (await old.LabelNamesAsync([], 0, CancellationToken.None)).Items.ShouldBeEmpty();
        (await old.SelectSeriesAsync([GatewayHarness.All], 0, CancellationToken.None)).Items.ShouldBeEmpty();
        _harness.Gateway.MayAdd(GatewayHarness.Tenant, new QueryRange(0, (2 * Hour) - 1), LocalHoldings.None).ShouldBeFalse();
        _harness.Gateway.MayAdd(GatewayHarness.Tenant, new QueryRange(0, 4 * Hour), LocalHoldings.None).ShouldBeTrue();
    }

    [Fact]
    public async Task Retention_Changes_IsInForceForTheNextQuery()
    {
        await FillAsync();
        KeepFrom(3);
        _ = await _harness.ReadAsync();

        _harness.Limits.Replace([]);

        (await _harness.ReadAsync(matchers: GatewayHarness.Series(3))).ShouldHaveSingleItem().Value.Count.ShouldBe(240);
    }

    [Fact]
    public async Task Retention_OfAnotherTenant_DoesNotMatter()
    {
        await FillAsync();
        _harness.Limits.Replace([KeyValuePair.Create(TenantId.Parse("another"), Limits(3))]);

        (await _harness.ReadAsync(matchers: GatewayHarness.Series(3))).ShouldHaveSingleItem().Value.Count.ShouldBe(240);
    }

    [Fact]
    public async Task Gap_OfABlockPastTheRetention_IsNotTold()
    {
        await FillAsync();
        var marker = new BlockStore.Marks.BlockMarker(_harness.Objects, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(_harness.Now));
        await marker.MarkBrokenAsync(GatewayHarness.Tenant, BlockMaker.Id(0), "a test", new QueryRange(0, Hour), CancellationToken.None);
        await _harness.UpdateIndexAsync();
        await using (IQuerier before = await _harness.OpenAsync())
        {
            before.Missing.ShouldHaveSingleItem();
        }

        KeepFrom(3);

        await using IQuerier after = await _harness.OpenAsync();
        after.Missing.ShouldBeEmpty();
    }

    private async Task FillAsync()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        _ = await _harness.AddBlockAsync(1, (2, 4));
        await _harness.UpdateIndexAsync();
    }

    private void KeepFrom(int hour) => _harness.Limits.Replace([KeyValuePair.Create(GatewayHarness.Tenant, Limits(hour))]);

    private TenantLimits Limits(int hour) =>
        new() { Retention = new TenantRetention { Raw = _harness.Now - DateTimeOffset.FromUnixTimeMilliseconds(hour * Hour) } };
}
