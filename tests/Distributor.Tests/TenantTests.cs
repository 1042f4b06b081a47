using RemoteStore.Testing;
using RemoteStore.Wire;
using Shouldly;
using Xunit;

namespace RemoteStore.Distributor.Tests;

public sealed class TenantTests
{
    private static readonly byte[] s_body = SnappyBody.Compress(RemoteWriteEncoder.EncodeV1(new RequestSeries("__name__", "up").Sample(1000, 1)));

    [Fact]
    public async Task Multitenancy_HeaderNamesTheTenant()
    {
        await using WriteHost host = await WriteHost.StartAsync(multitenancy: true);

        WriteAnswer answer = await host.SendAsync(s_body, headers: ("X-Scope-OrgID", "team-a"));

        answer.Status.ShouldBe(204);
        (await host.StoredAsync("team-a")).Count.ShouldBe(1);
        (await host.StoredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Multitenancy_MissingHeader_Is401()
    {
        await using WriteHost host = await WriteHost.StartAsync(multitenancy: true);

        (await host.SendAsync(s_body)).Status.ShouldBe(401);
        host.Store.Appends.ShouldBe(0);
    }

    [Theory]
    [InlineData("../etc")]
    [InlineData("a b")]
    [InlineData("..")]
    [InlineData("__internal")]
    public async Task Multitenancy_InvalidName_Is400(string name)
    {
        await using WriteHost host = await WriteHost.StartAsync(multitenancy: true);

        (await host.SendAsync(s_body, headers: ("X-Scope-OrgID", name))).Status.ShouldBe(400);
        host.Store.Appends.ShouldBe(0);
    }

    [Fact]
    public async Task SingleTenant_HeaderIsIgnored()
    {
        await using WriteHost host = await WriteHost.StartAsync();

        await host.SendAsync(s_body, headers: ("X-Scope-OrgID", "team-a"));

        (await host.StoredAsync()).Count.ShouldBe(1);
    }
}
