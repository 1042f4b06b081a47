using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Ruler.Api;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Scheduling;
using RemoteStore.Ruler.Stores;
using RemoteStore.Ruler.Tests.Scheduling;
using RemoteStore.Telemetry;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Api;

/// <summary>The rule API over HTTP, with a bucket in memory.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "They are disposed of by DisposeAsync, which xunit calls.")]
public sealed class RuleConfigTests : IAsyncLifetime, ITenantLimitsProvider
{
    private const string Group = """
        name: g
        interval: 1m
        limit: 7
        labels: {tier: "1"}
        rules:
          - record: a
            expr: |
              sum(x)
                by (y)
            labels: {b: "true"}
          - {alert: C, expr: "a > 0", for: 5m, keep_firing_for: 1m, annotations: {d: "1e3: # {{ $value }}"}}
        """;

    private TenantRuleLimits _limits = new();
    private readonly RuleBench _bench = new();
    private readonly MemoryBucket _bucket = new(TimeProvider.System);
    private RuleGroupStore _store = null!;
    private StoredRuleLoader _loader = null!;
    private RuleConfigApi _api = null!;
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _store = new RuleGroupStore(_bucket, RuleFileOptions.Default);
        _loader = new StoredRuleLoader(_store, _bench.Scheduler, new RulerOptions { PollInterval = TimeSpan.Zero }, _bench.Time, NullLogger<StoredRuleLoader>.Instance);
        var readiness = new Readiness();
        readiness.SetReady();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.UsePathBase("/prometheus");
        _app.UseRouting();
        _api = new RuleConfigApi(_store, _loader, RuleFileOptions.Default, this, new TenantResolver(true), readiness, NullLogger<RuleConfigApi>.Instance);
        _app.MapRuleConfig(_api);
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _api.Dispose();
        await _loader.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Theory]
    [InlineData("/prometheus/config/v1/rules")]
    [InlineData("/config/v1/rules")]
    [InlineData("/rules")]
    [InlineData("/api/prom/rules")]
    public async Task Set_ThenGet_GivesAnEqualGroup(string root)
    {
        (await SendAsync("POST", $"{root}/ns", Group)).Status.ShouldBe(202);

        (int status, string text, string type) = await SendAsync("GET", $"{root}/ns/g");

        (status, type).ShouldBe((200, "application/yaml"));
        RuleGroup stored = RuleFileReader.ReadGroup("ns", Encoding.UTF8.GetBytes(text)).Groups.ShouldHaveSingleItem();
        GroupComparison.AreSame(stored, RuleFileReader.ReadGroup("ns", Encoding.UTF8.GetBytes(Group)).Groups[0]).ShouldBeTrue(text);
        (await SendAsync("GET", root)).Text.ShouldStartWith("ns:\n- name: g\n");
        _bench.Scheduler.Groups(TenantId.Parse("a")).ShouldHaveSingleItem().Group.Limit.ShouldBe(7);
        (await SendAsync("GET", root, tenant: "b")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Set_NamesWithSlashesAndSpaces_AreKeptApart()
    {
        foreach (string name in (string[])["a/b", "a b", "ä", "%2F", "x?y#z"])
        {
            (await SendAsync("POST", $"/config/v1/rules/{Uri.EscapeDataString(name)}", $"name: '{name}'\nrules: [{{record: r, expr: '1'}}]")).Status.ShouldBe(202, name);
            (await SendAsync("GET", $"/config/v1/rules/{Uri.EscapeDataString(name)}/{Uri.EscapeDataString(name)}")).Status.ShouldBe(200, name);
        }

        (await _store.ListAsync(TenantId.Parse("a"), CancellationToken.None)).Groups.Select(static group => group.File).ShouldBe(["%2F", "a b", "a/b", "x?y#z", "ä"]);
    }

    [Fact]
    public async Task Delete_GroupThenNamespace_TakesThemOut()
    {
        await SendAsync("POST", "/config/v1/rules/ns", Group);
        await SendAsync("POST", "/config/v1/rules/ns", "name: h\nrules: [{record: r, expr: '1'}]");

        (await SendAsync("DELETE", "/config/v1/rules/ns/g")).Status.ShouldBe(202);
        (await SendAsync("GET", "/config/v1/rules/ns")).Text.ShouldNotContain("name: g");
        (await SendAsync("DELETE", "/config/v1/rules/ns")).Status.ShouldBe(202);

        (await SendAsync("GET", "/config/v1/rules")).ShouldBe((404, "no rule groups found\n", "text/plain"));
        _bench.Scheduler.Groups(TenantId.Parse("a")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", "/rules/test/test", 404, "group does not exist\n")]
    [InlineData("GET", "/config/v1/rules/test", 404, "no rule groups found\n")]
    [InlineData("GET", "/config/v1/rules/", 404, "no rule groups found\n")]
    [InlineData("DELETE", "/config/v1/rules/test/test", 404, "group does not exist\n")]
    [InlineData("DELETE", "/config/v1/rules/test", 404, "no rule groups found\n")]
    [InlineData("DELETE", "/config/v1/rules", 405, "DELETE a namespace or a group\n")]
    [InlineData("GET", "/config/v1/rules/a/b/c", 404, "group does not exist\n")]
    [InlineData("GET", "/api/v1/rules/a/b", 404, "group does not exist\n")]
    public async Task Request_NothingThere_SaysSoInPlainText(string method, string path, int status, string text) =>
        (await SendAsync(method, path)).ShouldBe((status, text, "text/plain"));

    [Fact]
    public async Task Set_Faults_AreAllToldAndNothingIsStored()
    {
        (int status, string text, _) = await SendAsync("POST", "/config/v1/rules/ns", "name: g\nrules:\n- {record: a, expr: '('}\n- {record: b, expr: '1', colour: red}\n");

        status.ShouldBe(400);
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2, text);
        text.ShouldContain("3:");
        (await SendAsync("GET", "/config/v1/rules")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Set_MoreGroupsThanTheLimit_IsRefusedWithItsName_AndOneMayStillBeReplaced()
    {
        _limits = new TenantRuleLimits { MaxGroups = 2 };
        (await SendAsync("POST", "/config/v1/rules/ns", Group)).Status.ShouldBe(202);
        (await SendAsync("POST", "/config/v1/rules/other", Group)).Status.ShouldBe(202);

        (await SendAsync("POST", "/config/v1/rules/third", Group)).ShouldBe(
            (400, "the tenant has 2 other rule groups, the limit is 2 (limits.max-rule-groups)\n", "text/plain"));
        (await SendAsync("GET", "/config/v1/rules/third")).Status.ShouldBe(404);
        (await SendAsync("POST", "/config/v1/rules/other", Group)).Status.ShouldBe(202);
        (await SendAsync("POST", "/config/v1/rules/third", Group, tenant: "b")).Status.ShouldBe(202);

        (await SendAsync("DELETE", "/config/v1/rules/ns/g")).Status.ShouldBe(202);
        (await SendAsync("POST", "/config/v1/rules/third", Group)).Status.ShouldBe(202);
    }

    [Fact]
    public async Task Set_ManyGroupsAtOnce_AreNoMoreThanTheLimit()
    {
        _limits = new TenantRuleLimits { MaxGroups = 3 };

        (int Status, string Text, string Type)[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => SendAsync("POST", $"/config/v1/rules/n{i}", Group)));

        answers.Count(static answer => answer.Status == 202).ShouldBe(3);
        (await _store.ListAsync(TenantId.Parse("a"), CancellationToken.None)).Groups.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Set_MoreRulesThanTheLimit_IsRefusedWithItsName()
    {
        _limits = new TenantRuleLimits { MaxRulesPerGroup = 1 };

        (await SendAsync("POST", "/config/v1/rules/ns", Group)).ShouldBe((400, "the group has 2 rules, the limit is 1 (limits.max-rules-per-group)\n", "text/plain"));
        (await SendAsync("POST", "/config/v1/rules/ns", "name: h\nrules: [{record: r, expr: '1'}]")).Status.ShouldBe(202);
    }

    [Fact]
    public async Task Set_NameTooLongForAKey_IsRefused() =>
        (await SendAsync("POST", $"/config/v1/rules/{new string('x', 300)}", Group)).Status.ShouldBe(400);

    [Fact]
    public async Task Reload_ObjectThatIsNoGroup_IsToldAndTheOthersAreInForce()
    {
        await SendAsync("POST", "/config/v1/rules/ns", Group);
        await _bucket.WriteAsync("a/rules/ns/bad", new MemoryContent("rules: ["u8.ToArray()), WriteMode.Replace, CancellationToken.None);

        IReadOnlyList<string> faults = await _loader.ReloadAsync();

        faults.ShouldHaveSingleItem();
        _bench.Scheduler.Groups(TenantId.Parse("a")).ShouldHaveSingleItem();
    }

    TenantLimits ITenantLimitsProvider.For(TenantId tenant) => new() { Rules = _limits };

    private async Task<(int Status, string Text, string Type)> SendAsync(string method, string path, string? body = null, string tenant = "a")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Headers.Add("X-Scope-OrgID", tenant);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/yaml");
        using HttpResponseMessage response = await _client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType ?? "");
    }
}
