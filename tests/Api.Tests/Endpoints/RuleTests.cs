using System.Net;
using System.Text.Json;
using RemoteStore.Api.Rules;
using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Api.Tests.Endpoints;

public sealed class RuleTests : IRuleDirectory, IAsyncLifetime
{
    private ApiHost _host = null!;

    public IReadOnlyList<string> Alertmanagers => ["http://am/api/v2/alerts"];

    public bool CanChange { get; set; } = true;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync(rules: this);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public IReadOnlyList<ListedGroup> Groups(TenantId tenant) =>
    [
        new("g1", "a.yml", TimeSpan.FromSeconds(30), 5, [Recording("r:one", ("team", "x")), Alerting("Up", "firing")], TimeSpan.FromSeconds(0.25), 1_700_000_000_123),
        new("g2", "a.yml", TimeSpan.FromMinutes(1), 0, [Recording("r:two", ("team", "y"))], TimeSpan.Zero, 0),
        new("g1", "b.yml", TimeSpan.FromMinutes(1), 0, [Alerting("Down", "inactive")], TimeSpan.Zero, 0),
    ];

    [Fact]
    public async Task Rules_All_HaveTheMembersOfPrometheus()
    {
        using var data = JsonDocument.Parse(await _host.GetDataAsync("/api/v1/rules?rule_group[]=g1&file[]=a.yml"));

        data.RootElement.GetRawText().ShouldBe(
            """
            {"groups":[{"name":"g1","file":"a.yml","rules":[{"name":"r:one","query":"up","labels":{"team":"x"},"health":"ok","evaluationTime":0.5,"lastEvaluation":"2023-11-14T22:13:20Z","type":"recording"},
            {"state":"firing","name":"Up","query":"up","duration":60,"keepFiringFor":5,"labels":{"severity":"page"},"annotations":{"summary":"{{ $value }}"},
            "alerts":[{"labels":{"alertname":"Up"},"annotations":{"summary":"1"},"state":"firing","activeAt":"2023-11-14T22:13:20.5Z","keepFiringSince":"2023-11-14T22:13:21Z","value":"-1.5e-07"}],
            "health":"err","lastError":"no","evaluationTime":0.5,"lastEvaluation":"2023-11-14T22:13:20Z","type":"alerting"}],
            "interval":30,"limit":5,"evaluationTime":0.25,"lastEvaluation":"2023-11-14T22:13:20.123Z"}]}
            """.Replace("\n", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "r:one Up r:two Down")]
    [InlineData("type=alert", "Up Down")]
    [InlineData("type=record", "r:one r:two")]
    [InlineData("rule_name[]=Up&rule_name[]=r:two", "Up r:two")]
    [InlineData("rule_name=Down", "Down")]
    [InlineData("rule_group=g1", "r:one Up Down")]
    [InlineData("file=b.yml&file[]=b.yml", "Down")]
    [InlineData("match[]={team=\"y\"}", "r:two")]
    [InlineData("match[]={team=\"y\"}&match[]={severity=~\"p.*\"}", "Up r:two Down")]
    [InlineData("match[]={team=\"none\"}", "")]
    public async Task Rules_Filters_LeaveWhatTheySay(string parameters, string names)
    {
        using var data = JsonDocument.Parse(await _host.GetDataAsync($"/api/v1/rules?{parameters}"));

        string.Join(' ', Rules(data).Select(static rule => rule.GetProperty("name").GetString())).ShouldBe(names);
        data.RootElement.GetProperty("groups").EnumerateArray().ShouldAllBe(static group => group.GetProperty("rules").GetArrayLength() > 0);
    }

    [Fact]
    public async Task Rules_ExcludeAlerts_LeavesThemOut()
    {
        using var data = JsonDocument.Parse(await _host.GetDataAsync("/api/v1/rules?type=alert&exclude_alerts=true"));

        Rules(data).ShouldAllBe(static rule => rule.GetProperty("alerts").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task Rules_Pages_ComeOneAfterTheOther()
    {
        var groups = new List<string>();
        string token = "";
        do
        {
            using var data = JsonDocument.Parse(await _host.GetDataAsync($"/api/v1/rules?group_limit=2{token}"));
            groups.AddRange(data.RootElement.GetProperty("groups").EnumerateArray().Select(static group => $"{group.GetProperty("file")}/{group.GetProperty("name")}"));
            token = data.RootElement.TryGetProperty("groupNextToken", out JsonElement next) ? $"&group_next_token={next.GetString()}" : "";
            token.Length.ShouldBe(token.Length == 0 ? 0 : "&group_next_token=".Length + 64);
        }
        while (token.Length > 0);

        groups.ShouldBe(["a.yml/g1", "a.yml/g2", "b.yml/g1"]);
    }

    [Fact]
    public async Task Rules_TokenOfAGroupThatIsGone_IsRefused()
    {
        using HttpResponseMessage response = await _host.Client.GetAsync(new Uri("/api/v1/rules?group_limit=1&group_next_token=00", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain("were rule groups changed?");
    }

    [Fact]
    public async Task Alerts_All_AreListed() =>
        (await _host.GetDataAsync("/prometheus/api/v1/alerts")).ShouldBe(
            """{"alerts":[{"labels":{"alertname":"Up"},"annotations":{"summary":"1"},"state":"firing","activeAt":"2023-11-14T22:13:20.5Z","keepFiringSince":"2023-11-14T22:13:21Z","value":"-1.5e-07"}]}""");

    [Fact]
    public async Task Alertmanagers_All_AreListed() =>
        (await _host.GetDataAsync("/api/v1/alertmanagers")).ShouldBe("""{"activeAlertmanagers":[{"url":"http://am/api/v2/alerts"}],"droppedAlertmanagers":[]}""");

    [Fact]
    public async Task BuildInfo_RulesCanBeChanged_TellsGrafanaSo()
    {
        using (var data = JsonDocument.Parse(await _host.GetDataAsync("/api/v1/status/buildinfo")))
        {
            data.RootElement.GetProperty("features").GetProperty("ruler_config_api").GetString().ShouldBe("true");
            data.RootElement.GetProperty("application").GetString().ShouldBe("Grafana Mimir");
        }

        CanChange = false;
        using var without = JsonDocument.Parse(await _host.GetDataAsync("/api/v1/status/buildinfo"));
        without.RootElement.TryGetProperty("features", out _).ShouldBeFalse();
        without.RootElement.GetProperty("application").GetString().ShouldBe("RemoteStore");
    }

    private static IEnumerable<JsonElement> Rules(JsonDocument data) =>
        data.RootElement.GetProperty("groups").EnumerateArray().SelectMany(static group => group.GetProperty("rules").EnumerateArray());

    private static ListedRule Recording(string name, params (string Name, string Value)[] labels) =>
        new(name, "up", [.. labels.Select(static label => KeyValuePair.Create(label.Name, label.Value))], "ok", "", TimeSpan.FromSeconds(0.5), 1_700_000_000_000, null);

    private static ListedRule Alerting(string name, string state)
    {
        ListedAlert[] alerts = state == "inactive"
            ? []
            : [new(LabelSet.From("alertname", name), [new("summary", "1")], state, 1_700_000_000_500, 1_700_000_001_000, -1.5e-7)];
        return new ListedRule(
            name, "up", [new("severity", "page")], "err", "no", TimeSpan.FromSeconds(0.5), 1_700_000_000_000,
            new ListedAlerting(state, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), [new("summary", "{{ $value }}")], alerts));
    }
}
