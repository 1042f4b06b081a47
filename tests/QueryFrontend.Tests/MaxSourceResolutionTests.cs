using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Service;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests;

public sealed class MaxSourceResolutionTests
{
    private const long Hour = 3_600_000;

    private static readonly SourceResolution s_fiveMinutes = new(300_000);

    [Fact]
    public async Task KeptAnswers_OfOtherResolutions_AreNotUsed()
    {
        await using FrontendHarness harness = await FrontendHarness.StartAsync();
        await harness.WriteAsync(LabelSet.From("__name__", "up"), (FrontendHarness.StartMs - (3 * Hour), 1));

        await AskAsync(harness, null);
        await AskAsync(harness, s_fiveMinutes);
        await AskAsync(harness, SourceResolution.Auto);
        harness.Querier.Take().Select(static request => request.MaxSourceResolution).ShouldBe([default(SourceResolution), s_fiveMinutes, SourceResolution.Auto]);

        await AskAsync(harness, s_fiveMinutes);
        await AskAsync(harness, default(SourceResolution));
        harness.Querier.Take().ShouldBeEmpty("both are kept");
    }

    [Fact]
    public async Task QueryThatDoesNotSay_TakesTheDefaultOfTheTenant()
    {
        var limits = new TenantLimits { Queries = new TenantQueryLimits { MaxSourceResolution = s_fiveMinutes } };
        await using FrontendHarness harness = await FrontendHarness.StartAsync(limits: limits);

        await AskAsync(harness, null);
        await AskAsync(harness, default(SourceResolution));
        harness.Querier.Take().Select(static request => request.MaxSourceResolution).ShouldBe([s_fiveMinutes, default(SourceResolution)]);
    }

    private static async Task AskAsync(FrontendHarness harness, SourceResolution? resolution)
    {
        var request = new QueryRequest("up", FrontendHarness.StartMs - (4 * Hour), FrontendHarness.StartMs - (2 * Hour), Hour / 4) { MaxSourceResolution = resolution };
        await harness.Frontend.QueryAsync(new QueryCall(FrontendHarness.Tenant, request), CancellationToken.None);
    }
}
