using RemoteStore.CompatTests.Peers;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RemoteStore.CompatTests.Http;

/// <summary>The same requests to Prometheus and to this server get answers of the same status, headers and contents.</summary>
public sealed class HttpDifferenceTests(HttpPair pair, ITestOutputHelper output) : IClassFixture<HttpPair>
{
    [PeerFact("prometheus")]
    public async Task Requests_GoodAndBad_AnswersOfPrometheus()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        List<string> differences = [];
        int same = 0;
        int changed = 0;
        foreach (HttpCase request in new HttpCases(pair.Data).All())
        {
            HttpAnswer expected = await HttpAnswer.AskAsync(pair.Servers.Theirs.Client.Http, request, timeout.Token);
            HttpAnswer actual = await HttpAnswer.AskAsync(pair.Servers.Ours.Client.Http, request, timeout.Token);
            if (request.Changelog is not null)
            {
                changed++;
                if (actual.Status != request.Status)
                {
                    differences.Add($"{request}: status {request.Status} since {request.Changelog}, ours {actual.Status}: {actual.Text}");
                }
            }
            else if (AnswerDifference.Find(request, expected, actual) is { } difference)
            {
                differences.Add($"{request}: {difference}");
            }
            else
            {
                same++;
            }
        }

        output.WriteLine($"{same} requests are answered the same, {changed} as the changelog says");
        differences.ShouldBeEmpty($"\n{string.Join("\n", differences)}");
    }
}
