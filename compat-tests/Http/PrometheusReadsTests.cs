using System.Text.Json;
using RemoteStore.CompatTests.Peers;
using RemoteStore.CompatTests.Queries;
using Shouldly;
using Xunit;

namespace RemoteStore.CompatTests.Http;

/// <summary>A Prometheus without data of its own reads from this server.</summary>
public sealed class PrometheusReadsTests(HttpPair pair) : IClassFixture<HttpPair>
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);

    /// <summary>2.42 asks for samples; streamed chunks are what later versions ask for.</summary>
    [PeerFact("prometheus")]
    public async Task RemoteRead_QueriesOfThePrometheus_AnswersAsIfTheDataWereItsOwn()
    {
        using var timeout = new CancellationTokenSource(s_timeout);
        await using PrometheusServer reader = await PrometheusServer.StartAsync(
            $"remote_read: [{{url: \"{pair.Servers.Ours.Url}api/v1/read\", read_recent: true}}]\n", timeout.Token);
        foreach (string query in (string[])["up", "sum by (job) (rate(requests_total[5m]))", "extremes", "temperature", "{job=~\"a.*\"}"])
        {
            var call = new QueryCall(query, pair.Data.Now - 1200, pair.Data.Now - 600, 30);
            QueryAnswer expected = await call.AskAsync(pair.Servers.Theirs.Client.Http, query, timeout.Token);
            QueryAnswer actual = await call.AskAsync(reader.Client.Http, query, timeout.Token);
            expected.Series.ShouldNotBeEmpty(query);
            AnswerComparison.Find(expected, actual, 0, ordered: false).ShouldBeNull(query);
        }
    }

    [PeerFact("prometheus")]
    public async Task Federate_ScrapedByAPrometheus_SamplesArriveWithTheirLabels()
    {
        using var timeout = new CancellationTokenSource(s_timeout);
        await using PrometheusServer reader = await PrometheusServer.StartAsync(
            $$"""
            scrape_configs:
              - job_name: federate
                honor_labels: true
                metrics_path: /federate
                scrape_interval: 1s
                scrape_timeout: 1s
                params:
                  'match[]': ['requests_total', '{__name__="temperature"}']
                static_configs: [{targets: ['{{pair.Servers.Ours.Url.Authority}}']}]

            """,
            timeout.Token);
        JsonElement result = default;
        await Until.TrueAsync(
            "federated samples arrive",
            TimeSpan.FromSeconds(30),
            async () =>
            {
                JsonElement body = await reader.Client.GetJsonAsync("api/v1/query?query=count({__name__=~\"requests_total|temperature\"})", timeout.Token);
                result = body.GetProperty("data").GetProperty("result");
                return result.GetArrayLength() > 0;
            },
            () => reader.Log,
            timeout.Token);
        result[0].GetProperty("value")[1].GetString().ShouldBe("3");
        JsonElement series = await reader.Client.GetJsonAsync("api/v1/series?match[]=requests_total", timeout.Token);
        series.GetProperty("data").EnumerateArray().Select(static s => s.GetProperty("code").GetString()).Order().ShouldBe(["200", "500"]);
    }
}
