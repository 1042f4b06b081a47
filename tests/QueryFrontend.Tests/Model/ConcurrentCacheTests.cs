using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Results;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests.Model;

/// <summary>While many ask the same, and answers are kept, joined and dropped at any moment, a writer sees what it has written.</summary>
public class ConcurrentCacheTests
{
    private const int Askers = 4;
    private const int Writes = 300;
    private const long StepMs = 60_000;

    private static readonly LabelSet s_x = LabelSet.From("__name__", "x");

    [Fact]
    public async Task LateWrite_Acknowledged_IsInEveryAnswerAskedForAfterwards()
    {
        await using FrontendHarness harness = await FrontendHarness.StartAsync(new QueryFrontendOptions { SplitInterval = TimeSpan.FromHours(1) });
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        long start = end - (120 * StepMs);
        await harness.WriteAsync(s_x, (start, 0), (harness.NowMs, 0));
        long acknowledged = 0;
        using var stop = new CancellationTokenSource();
        Task[] askers = [.. Enumerable.Range(0, Askers).Select(_ => Task.Run(AskAsync))];

        for (int i = 1; i <= Writes; i++)
        {
            await harness.WriteAsync(s_x, (start + (i * 20_000), i));
            Volatile.Write(ref acknowledged, i);
            if (i % 10 == 0)
            {
                await ShouldSeeAsync(i);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(askers);
        (await harness.ReadMetricsAsync()).ShouldNotContain("cache_invalidations_total 0\n");

        async Task AskAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                await ShouldSeeAsync(Volatile.Read(ref acknowledged));
            }
        }

        async Task ShouldSeeAsync(long written)
        {
            // Each write is newer than all before it and nothing is ever removed, so the highest value tells how much an answer has seen.
            QueryResult answer = await harness.AskAsync("last_over_time(x[1m])", start, end, StepMs);
            double highest = answer.Series.Count == 0 ? 0 : answer.Series[0].Values.ToArray().Max();
            highest.ShouldBeGreaterThanOrEqualTo(written / 3 * 3);
        }
    }

    [Fact]
    public async Task Queries_OfManyKinds_WhileEverythingIsWritten_EndAsWithoutCache()
    {
        await using FrontendHarness harness = await FrontendHarness.StartAsync(
            new QueryFrontendOptions { SplitInterval = TimeSpan.FromHours(1), ResultsCacheBytes = 50_000, MaxConcurrency = 3 });
        long end = harness.NowMs / StepMs * StepMs;
        LabelSet[] series = [.. Enumerable.Range(0, 5).Select(static i => LabelSet.From("__name__", "x", "i", ((char)('a' + i)).ToString()))];
        foreach (LabelSet labels in series)
        {
            await harness.WriteAsync(labels, (harness.NowMs, 1));
        }

        string[] queries = ["x", "sum(x)", "rate(x[9m])", "x offset 30m", "max_over_time(x[1h:7m])", "count(x) or vector(0)"];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 150; i++)
            {
                long back = random.Next(0, 180) * StepMs;
                if (worker == 0)
                {
                    var batch = new BatchBuilder().Add(series[random.Next(series.Length)], (harness.NowMs - random.Next(0, 14_000_000), random.NextDouble()));
                    await harness.Store.AppendAsync(FrontendHarness.Tenant, batch.Build(), CancellationToken.None);
                }
                else
                {
                    await harness.AskAsync(queries[random.Next(queries.Length)], end - back - (60 * StepMs), end - back, StepMs);
                }
            }
        })));

        foreach (string query in queries)
        {
            for (int back = 0; back <= 180; back += 30)
            {
                await harness.ShouldAnswerAlikeAsync(query, end - ((back + 60) * StepMs), end - (back * StepMs), StepMs);
            }
        }
    }
}
