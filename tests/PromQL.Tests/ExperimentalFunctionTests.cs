using RemoteStore.Model;
using RemoteStore.PromQL.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests;

public sealed class ExperimentalFunctionTests
{
    [Theory]
    [InlineData("info(up)", "1:1: parse error: function \"info\" is not enabled")]
    [InlineData("1 + max_of(1, 2)", "1:5: parse error: function \"max_of\" is not enabled")]
    [InlineData("limitk(1, up)", "1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions")]
    public async Task Query_ExperimentalFunction_IsRefusedWhenSwitchedOff(string query, string error)
    {
        QueryException refusal = await Should.ThrowAsync<QueryException>(() => RunAsync(query, experimental: false));
        refusal.Kind.ShouldBe(QueryErrorKind.BadQuery);
        refusal.Message.ShouldBe(error);
        await RunAsync(query, experimental: true);
    }

    [Fact]
    public async Task Query_OrdinaryFunction_NeedsNoSwitch() => await RunAsync("abs(up)", experimental: false);

    private static async Task RunAsync(string query, bool experimental)
    {
        var engine = new QueryEngine(new EngineOptions { ExperimentalFunctions = experimental }, TimeProvider.System);
        await engine.QueryAsync(TenantId.Anonymous, new TestStorage(), QueryRequest.Instant(query, 0), CancellationToken.None);
    }
}
