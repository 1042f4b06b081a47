using System.Text.Json;
using RemoteStore.Model;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Service;
using RemoteStore.Storage.Administration;

namespace RemoteStore.Api.Tests.Endpoints;

public sealed class StatusTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/targets", """{"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}}""")]
    [InlineData("/api/v1/targets?state=dropped", """{"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}}""")]
    [InlineData("/api/v1/targets/metadata?match_target={job=\"a\"}&metric=up&limit=2", "[]")]
    [InlineData("/api/v1/scrape_pools", """{"scrapePools":[]}""")]
    [InlineData("/api/v1/alertmanagers", """{"activeAlertmanagers":[],"droppedAlertmanagers":[]}""")]
    [InlineData("/api/v1/alerts", """{"alerts":[]}""")]
    [InlineData("/api/v1/notifications", "[]")]
    [InlineData("/api/v1/rules", """{"groups":[]}""")]
    [InlineData("/api/v1/rules?type=alert&exclude_alerts=true&group_limit=10&match[]={a=\"b\"}", """{"groups":[]}""")]
    [InlineData("/prometheus/api/v1/rules?file=a&file[]=a&rule_group=b&rule_group[]=b&rule_name=c&rule_name[]=c", """{"groups":[]}""")]
    [InlineData("/api/v1/status/config", """{"yaml":"a: 1\n"}""")]
    [InlineData("/api/v1/status/flags", """{"a":"1","b":"2"}""")]
    public async Task Lists_OfAStoreWithoutScraping_AreEmpty(string path, string expected) => (await _host.GetDataAsync(path)).ShouldBe(expected);

    [Theory]
    [InlineData("/api/v1/targets/metadata?limit=x", "limit must be a number")]
    [InlineData("/api/v1/targets/metadata?match_target={", "invalid parameter \"match_target\": 1:2: parse error: unexpected end of input inside braces")]
    [InlineData("/api/v1/rules?type=foo", "invalid parameter \"type\": not supported value \"foo\"")]
    [InlineData("/api/v1/rules?exclude_alerts=foo", "invalid parameter \"exclude_alerts\": error converting exclude_alerts: strconv.ParseBool: parsing \"foo\": invalid syntax")]
    [InlineData("/api/v1/rules?group_next_token=t", "invalid parameter \"group_next_token\": group_limit needs to be present in order to paginate over the groups")]
    [InlineData("/api/v1/rules?group_limit=0", "invalid parameter \"group_limit\": group_limit needs to be greater than 0")]
    [InlineData("/api/v1/rules?group_limit=x", "invalid parameter \"group_limit\": group_limit needs to be a valid number: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("/api/v1/rules?group_limit=1&group_next_token=t", "invalid parameter \"group_next_token\": invalid group_next_token 't'. were rule groups changed?")]
    [InlineData("/api/v1/rules?match[]={}", "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher")]
    [InlineData("/api/v1/status/tsdb?limit=0", "limit must be a positive number")]
    [InlineData("/api/v1/status/tsdb?limit=x", "limit must be a positive number")]
    [InlineData("/api/v1/status/tsdb?limit=10001", "limit must not exceed 10000")]
    [InlineData("/api/v1/status/top_queries?by=x", "invalid parameter \"by\": must be time, count, bytes or dashboard")]
    [InlineData("/api/v1/status/top_queries?window=0", "invalid parameter \"window\": must be above 0")]
    public async Task BadParameter_IsBadData(string path, string expected) => (await _host.GetErrorAsync(path, 400)).ShouldBe(("bad_data", expected));

    [Fact]
    public async Task BuildInfo_SuitsGrafana()
    {
        using JsonDocument data = JsonDocument.Parse(await _host.GetDataAsync("/api/v1/status/buildinfo"));

        data.RootElement.EnumerateObject().Select(static field => field.Name)
            .ShouldBe(["application", "version", "revision", "branch", "buildUser", "buildDate", "goVersion"]);
        data.RootElement.GetProperty("version").GetString()!.ShouldStartWith("3.");
    }

    [Fact]
    public async Task RuntimeInfo_HasPrometheusFields()
    {
        using JsonDocument data = JsonDocument.Parse(await _host.GetDataAsync("/api/v1/status/runtimeinfo"));

        data.RootElement.EnumerateObject().Select(static field => field.Name).ShouldBe(
            [
                "startTime", "CWD", "hostname", "serverTime", "reloadConfigSuccess", "lastConfigTime", "corruptionCount", "goroutineCount", "GOMAXPROCS", "GOMEMLIMIT",
                "GOGC", "GODEBUG", "storageRetention",
            ]);
        data.RootElement.GetProperty("storageRetention").GetString().ShouldBe("15d");
    }

    [Fact]
    public async Task Features_NameFunctions()
    {
        using JsonDocument data = JsonDocument.Parse(await _host.GetDataAsync("/api/v1/features"));

        data.RootElement.GetProperty("promql_functions").GetProperty("rate").GetBoolean().ShouldBeTrue();
        data.RootElement.GetProperty("api").GetProperty("query_stats").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task StoreStatus_GivesCountsUpToTheLimit()
    {
        _host.Administration.Statistics = new SeriesStatistics(5, 7, 2, 1000, 2000)
        {
            SeriesByMetric = [new("up", 3)],
            ValuesByName = [new("job", 2)],
            ValueBytesByName = [new("job", 20)],
            SeriesByPair = [new("job=a", 4)],
        };

        (await _host.GetDataAsync("/api/v1/status/tsdb?limit=25")).ShouldBe(
            """{"headStats":{"numSeries":5,"numLabelPairs":7,"chunkCount":2,"minTime":1000,"maxTime":2000},"seriesCountByMetricName":[{"name":"up","value":3}],"labelValueCountByLabelName":[{"name":"job","value":2}],"memoryInBytesByLabelName":[{"name":"job","value":20}],"seriesCountByLabelValuePair":[{"name":"job=a","value":4}]}""");
        _host.Administration.StatisticsLimit.ShouldBe(25);
        await _host.GetDataAsync("/api/v1/status/tsdb");
        _host.Administration.StatisticsLimit.ShouldBe(10);
    }

    [Fact]
    public async Task Blocks_AreListed()
    {
        _host.Administration.Blocks.Add(new StoredBlock("01ABC", 1, 2, 3, 4, 5, 6, 1, ["p-1"]));

        (await _host.GetDataAsync("/api/v1/status/tsdb/blocks")).ShouldBe(
            """{"blocks":[{"ulid":"01ABC","minTime":1,"maxTime":2,"stats":{"numSamples":4,"numSeries":3,"numChunks":5},"compaction":{"level":1,"sources":["p-1"]},"sizeBytes":6,"version":1}]}""");
    }

    [Fact]
    public async Task ActiveQueries_AreListedAndCancelled()
    {
        var call = new QueryCall(TenantId.Anonymous, new QueryRequest("up", 1, 2, 1)) { Origin = new QueryOrigin("d", "p", "a", "r") };
        _host.Administration.Running.Add(new ActiveQuery("q-1", call, 5, TimeSpan.FromSeconds(1.5), IsQueued: true));

        (await _host.GetDataAsync("/api/v1/status/active_queries")).ShouldBe(
            """{"queries":[{"id":"q-1","query":"up","startMs":1,"endMs":2,"stepMs":1,"startedMs":5,"elapsedSeconds":1.5,"queued":true,"dashboardUid":"d","panelId":"p","userAgent":"a","remoteAddress":"r"}]}""");
        (await _host.PostFormAsync("/api/v1/status/active_queries", ("id", "q-1"))).ShouldBe((200, """{"status":"success","data":{"cancelled":"q-1"}}"""));
        using HttpResponseMessage again = await _host.Client.DeleteAsync(new Uri("/api/v1/status/active_queries?id=q-1", UriKind.Relative));
        ((int)again.StatusCode).ShouldBe(404);
        (await again.Content.ReadAsStringAsync()).ShouldContain("not_found");
        (await _host.PostFormAsync("/api/v1/status/active_queries")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task TopQueries_AreAskedForAsRequested()
    {
        _host.Administration.Costliest.Add(new TopQuery("up", "d", "p", 10, 3, 1, TimeSpan.FromSeconds(2), 100, 200));

        (await _host.GetDataAsync("/api/v1/status/top_queries?by=bytes&limit=5&window=10m")).ShouldBe(
            """{"by":"bytes","queries":[{"query":"up","dashboardUid":"d","panelId":"p","rangeMs":10,"count":3,"failures":1,"totalSeconds":2,"totalSamples":100,"totalBytes":200}]}""");
        _host.Administration.AskedFor.ShouldBe((TopQueryOrder.Bytes, 5, TimeSpan.FromMinutes(10)));
        await _host.GetDataAsync("/api/v1/status/top_queries");
        _host.Administration.AskedFor.ShouldBe((TopQueryOrder.Time, 10, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task NotificationStream_IsOpenUntilTheClientLeaves()
    {
        using HttpResponseMessage response = await _host.Client.GetAsync(new Uri("/api/v1/notifications/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
    }

    [Theory]
    [InlineData("POST", "/api/v1/metadata")]
    [InlineData("POST", "/api/v1/label/job/values")]
    [InlineData("POST", "/api/v1/rules")]
    [InlineData("POST", "/api/v1/alerts")]
    [InlineData("POST", "/api/v1/status/tsdb")]
    [InlineData("PUT", "/api/v1/query")]
    [InlineData("DELETE", "/api/v1/series")]
    [InlineData("GET", "/api/v1/read")]
    [InlineData("GET", "/api/v1/admin/flush")]
    [InlineData("POST", "/federate")]
    public async Task WrongMethod_Is405(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        using HttpResponseMessage response = await _host.Client.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(405);
    }

    [Theory]
    [InlineData("/api/v1/query?query=1")]
    [InlineData("/api/v1/labels")]
    [InlineData("/api/v1/status/buildinfo")]
    public async Task Head_IsGetWithoutItsBody(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative));
        using HttpResponseMessage response = await _host.Client.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentLength!.Value.ShouldBeGreaterThan(0);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }
}
