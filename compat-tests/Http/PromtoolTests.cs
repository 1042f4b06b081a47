using System.Text.Json;
using RemoteStore.CompatTests.Peers;
using Shouldly;
using Xunit;

namespace RemoteStore.CompatTests.Http;

/// <summary>Commands of promtool that talk to a server print the same of both servers. 2.42 has no <c>check healthy</c>, <c>push</c> or <c>query analyze</c>.</summary>
public sealed class PromtoolTests(HttpPair pair) : IClassFixture<HttpPair>
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);

    [PeerFact("prometheus", "promtool")]
    public Task QueryInstant_Vector_PrintsTheSame() => CompareAsync(url => ["query", "instant", "--time=" + pair.Data.At(5), url, "up"]);

    [PeerFact("prometheus", "promtool")]
    public Task QueryRange_Aggregation_PrintsTheSame() => CompareAsync(
        url => ["query", "range", "--start=" + pair.Data.At(20), "--end=" + pair.Data.At(10), "--step=1m", url, "sum by (job) (up)"]);

    [PeerFact("prometheus", "promtool")]
    public Task QuerySeries_TwoMatchers_PrintsTheSame() => CompareAsync(
        url => ["query", "series", "--match=up", "--match=temperature", "--start=" + pair.Data.At(20), "--end=" + pair.Data.At(10), url]);

    [PeerFact("prometheus", "promtool")]
    public Task QueryLabels_Job_PrintsTheSame() => CompareAsync(url => ["query", "labels", url, "job"]);

    [PeerFact("prometheus", "promtool")]
    public async Task CreateBlocksFromRules_RecordingRule_WritesBlocks()
    {
        using var timeout = new CancellationTokenSource(s_timeout);
        DirectoryInfo directory = Directory.CreateTempSubdirectory("remotestore-rules-");
        try
        {
            string rules = Path.Combine(directory.FullName, "rules.yml");
            await File.WriteAllTextAsync(
                rules,
                """
                groups:
                  - name: sums
                    interval: 1m
                    rules:
                      - record: job:up:sum
                        expr: sum by (job) (up)

                """,
                timeout.Token);
            string blocks = Path.Combine(directory.FullName, "data");
            (int exitCode, string output) = await Promtool.RunAsync(
                [
                    "tsdb", "create-blocks-from", "rules", "--start=" + pair.Data.At(25), "--end=" + pair.Data.At(5), "--url=" + pair.Servers.Ours.Url, "--eval-interval=1m",
                    "--output-dir=" + blocks, rules,
                ],
                timeout.Token);
            exitCode.ShouldBe(0, output);
            // promtool cuts blocks at even hours: the twenty minutes may lie in two of them.
            string[] metas = Directory.GetFiles(blocks, "meta.json", SearchOption.AllDirectories);
            metas.Length.ShouldBeInRange(1, 2);
            int samples = 0;
            foreach (string meta in metas)
            {
                using var document = JsonDocument.Parse(await File.ReadAllTextAsync(meta, timeout.Token));
                JsonElement stats = document.RootElement.GetProperty("stats");
                stats.GetProperty("numSeries").GetInt32().ShouldBe(2);
                samples += stats.GetProperty("numSamples").GetInt32();
            }

            samples.ShouldBeGreaterThan(30);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task CompareAsync(Func<string, string[]> arguments)
    {
        using var timeout = new CancellationTokenSource(s_timeout);
        (int expectedCode, string expected) = await Promtool.RunAsync(arguments(pair.Servers.Theirs.Url.ToString()), timeout.Token);
        (int actualCode, string actual) = await Promtool.RunAsync(arguments(pair.Servers.Ours.Url.ToString()), timeout.Token);
        expectedCode.ShouldBe(0, expected);
        expected.Trim().ShouldNotBeEmpty();
        actualCode.ShouldBe(0, actual);
        actual.ShouldBe(expected);
    }
}
