using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.PromQL.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Service;

public sealed class EngineQueryServiceTests
{
    private static readonly TenantId s_tenant = TenantId.Anonymous;

    [Fact]
    public async Task Query_OfAStore_IsEvaluated()
    {
        QueryResult result = await Service().QueryAsync(new QueryCall(s_tenant, QueryRequest.Instant("m + 1", 1000)), CancellationToken.None);
        result.Series.ShouldHaveSingleItem().Values.ToArray().ShouldBe([3.0]);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(null, 0)]
    [InlineData(0, 60)]
    [InlineData(60, 0)]
    public async Task Timeout_OfCallOrRequest_BoundsTheQuery(int? ofCall, int? ofRequest)
    {
        QueryRequest request = QueryRequest.Instant("m", 1000) with { Timeout = Seconds(ofRequest) };
        var call = new QueryCall(s_tenant, request) { Timeout = Seconds(ofCall) };
        QueryException error = await Should.ThrowAsync<QueryException>(async () => await Service().QueryAsync(call, CancellationToken.None));
        error.Kind.ShouldBe(QueryErrorKind.Timeout);
    }

    [Fact]
    public async Task Timeout_LongerThanTheEngines_DoesNotExtendIt()
    {
        var service = new EngineQueryService(new QueryEngine(new EngineOptions { Timeout = TimeSpan.Zero }, TimeProvider.System), Store());
        var call = new QueryCall(s_tenant, QueryRequest.Instant("m", 1000)) { Timeout = TimeSpan.FromHours(1) };
        QueryException error = await Should.ThrowAsync<QueryException>(async () => await service.QueryAsync(call, CancellationToken.None));
        error.Kind.ShouldBe(QueryErrorKind.Timeout);
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private static EngineQueryService Service() => new(new QueryEngine(new EngineOptions(), TimeProvider.System), Store());

    private static TestStorage Store()
    {
        var store = new TestStorage();
        store.Add(LabelSetBuilder.Build([new("__name__", "m")]), 500, BitConverter.DoubleToInt64Bits(2));
        return store;
    }
}
