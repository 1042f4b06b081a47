using System.Net;
using System.Text.Json;
using RemoteStore.CompatTests.Peers;
using Shouldly;
using Xunit;

namespace RemoteStore.CompatTests.Http;

/// <summary>What Grafana's Prometheus data source sends.</summary>
public sealed class GrafanaTests(HttpPair pair) : IClassFixture<HttpPair>
{
    [PeerFact("prometheus")]
    public async Task HealthCheck_SumAtTimeFour_Two()
    {
        JsonElement data = await SuccessAsync("POST", "api/v1/query", "query=1%2B1&time=4");
        data.GetProperty("resultType").GetString().ShouldBe("scalar");
        data.GetProperty("result").GetRawText().ShouldBe("[4,\"2\"]");
    }

    [PeerFact("prometheus")]
    public async Task BuildInfo_Version_AtLeastTheOneWithLabelMatchers()
    {
        JsonElement data = await SuccessAsync("GET", "api/v1/status/buildinfo", "");
        Version.Parse(data.GetProperty("version").GetString()!.Split('-', '+')[0]).ShouldBeGreaterThanOrEqualTo(new Version(2, 24, 0));
    }

    [PeerFact("prometheus")]
    public async Task RangeQuery_PlainDecimalTimes_Matrix()
    {
        JsonElement data = await SuccessAsync("POST", "api/v1/query_range", $"query=up&start={pair.Data.At(20)}.5&end={pair.Data.At(10)}.5&step=15");
        data.GetProperty("resultType").GetString().ShouldBe("matrix");
        data.GetProperty("result").GetArrayLength().ShouldBe(4);
    }

    [PeerFact("prometheus")]
    public async Task LabelValues_LimitOfFortyThousand_AllValues()
    {
        JsonElement data = await SuccessAsync(
            "GET", "api/v1/label/job/values", $"limit=40000&start={pair.Data.At(20)}&end={pair.Data.At(0)}&match%5B%5D=%7B__name__!%3D%22%22%7D");
        data.EnumerateArray().Select(static v => v.GetString()).ShouldBe(["api", "web"]);
    }

    [PeerFact("prometheus")]
    public async Task Labels_PostWithLimit_Names()
    {
        JsonElement data = await SuccessAsync("POST", "api/v1/labels", $"limit=40000&start={pair.Data.At(20)}&end={pair.Data.At(0)}");
        data.EnumerateArray().Select(static v => v.GetString()).ShouldBe(["__name__", "code", "instance", "job", "kind", "zone"]);
    }

    [PeerFact("prometheus")]
    public async Task Series_AllNames_EverySeries()
    {
        JsonElement data = await SuccessAsync("POST", "api/v1/series", "match%5B%5D=%7B__name__!%3D%22%22%7D&limit=40000");
        data.GetArrayLength().ShouldBe(pair.Data.Series.Count);
    }

    [PeerFact("prometheus")]
    public async Task ExemplarProbe_TimesInMilliseconds_Success()
    {
        JsonElement data = await SuccessAsync("GET", "api/v1/query_exemplars", $"query=test&start={pair.Data.At(60)}000&end={pair.Data.At(0)}000");
        data.GetArrayLength().ShouldBe(0);
    }

    [PeerFact("prometheus")]
    public async Task Metadata_NoParameters_Object() =>
        (await SuccessAsync("GET", "api/v1/metadata", "")).ValueKind.ShouldBe(JsonValueKind.Object);

    [PeerFact("prometheus")]
    public async Task Rules_BothSpellingsOfFilters_Groups()
    {
        JsonElement data = await SuccessAsync(
            "GET", "api/v1/rules", "file=a&file%5B%5D=a&rule_group=b&rule_group%5B%5D=b&rule_name=c&rule_name%5B%5D=c&exclude_alerts=true&group_limit=10");
        data.GetProperty("groups").GetArrayLength().ShouldBe(0);
    }

    /// <summary>Grafana sends a POST first and a GET after 405 or 400: both get the same.</summary>
    [PeerFact("prometheus")]
    public async Task Fallback_PostThenGet_SameAnswer()
    {
        foreach (string path in (string[])["api/v1/query", "api/v1/query_range", "api/v1/series", "api/v1/labels"])
        {
            string parameters = $"query=up&match%5B%5D=up&time={pair.Data.At(5)}&start={pair.Data.At(20)}&end={pair.Data.At(10)}&step=60";
            JsonElement posted = await SuccessAsync("POST", path, parameters);
            JsonElement got = await SuccessAsync("GET", path, parameters);
            got.GetRawText().ShouldBe(posted.GetRawText(), path);
        }
    }

    private async Task<JsonElement> SuccessAsync(string method, string path, string parameters)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var request = new HttpCase(method, path, parameters);
        HttpAnswer answer = await HttpAnswer.AskAsync(pair.Servers.Ours.Client.Http, request, timeout.Token);
        answer.Status.ShouldBe((int)HttpStatusCode.OK, $"{request}: {answer.Text}");
        JsonElement body = answer.Json ?? throw new InvalidDataException($"{request}: {answer.Text}");
        body.GetProperty("status").GetString().ShouldBe("success");
        return body.GetProperty("data");
    }
}
