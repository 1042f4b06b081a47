using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Model;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Querier.Monitoring;
using RemoteStore.Storage;
using RemoteStore.Telemetry;
using Shouldly;
using Xunit;

namespace RemoteStore.Querier.Tests.Monitoring;

public sealed class MonitoredQueryServiceTests
{
    private static readonly TenantId s_a = TenantId.Parse("a");
    private static readonly TenantId s_b = TenantId.Parse("b");
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly GatedService _inner = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly MetricsRegistry _registry = new();
    private readonly RecordingLogger _log = new();
    private readonly MonitoredQueryService _monitor;

    public MonitoredQueryServiceTests() => _monitor = Create(new QueryMonitorOptions());

    [Fact]
    public async Task Active_QueryRuns_IsListedUntilItEnds()
    {
        Task<QueryResult> query = AskAsync(s_a, "up");
        QueryCall call = await _inner.ArrivedAsync("up");
        _time.Advance(TimeSpan.FromSeconds(2));

        ActiveQuery active = _monitor.Active(s_a).ShouldHaveSingleItem();
        active.Call.Request.Query.ShouldBe("up");
        active.Elapsed.ShouldBe(TimeSpan.FromSeconds(2));
        active.StartedMs.ShouldBe(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).ToUnixTimeMilliseconds());
        active.IsQueued.ShouldBeTrue();
        call.Progress.ShouldNotBeNull().BeginEvaluation();
        _monitor.Active(s_a).Single().IsQueued.ShouldBeFalse();

        _inner.Answer("up");
        await query;
        _monitor.Active(s_a).ShouldBeEmpty();
    }

    [Fact]
    public async Task Active_SeveralQueries_OldestFirst()
    {
        var queries = new List<Task<QueryResult>>();
        foreach (string text in new[] { "c", "a", "b" })
        {
            queries.Add(AskAsync(s_a, text));
            await _inner.ArrivedAsync(text);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _monitor.Active(s_a).Select(static active => active.Call.Request.Query).ShouldBe(["c", "a", "b"]);
        _monitor.Active(s_a).Select(static active => active.Id).Distinct().Count().ShouldBe(3);
        new[] { "a", "b", "c" }.ToList().ForEach(text => _inner.Answer(text));
        await Task.WhenAll(queries);
    }

    [Fact]
    public async Task Cancel_OwnQuery_Stops()
    {
        Task<QueryResult> query = AskAsync(s_a, "up");
        await _inner.ArrivedAsync("up");

        _monitor.Cancel(s_a, _monitor.Active(s_a).Single().Id).ShouldBeTrue();

        (await Should.ThrowAsync<QueryException>(query)).Kind.ShouldBe(QueryErrorKind.Canceled);
        _monitor.Active(s_a).ShouldBeEmpty();
        (await MetricsAsync()).ShouldContain("remotestore_querier_failures_total{reason=\"canceled\"} 1");
    }

    [Fact]
    public async Task Cancel_QueryOfAnotherTenant_IsNotFoundAndNotTouched()
    {
        Task<QueryResult> query = AskAsync(s_a, "up");
        await _inner.ArrivedAsync("up");
        string id = _monitor.Active(s_a).Single().Id;

        _monitor.Active(s_b).ShouldBeEmpty();
        _monitor.Cancel(s_b, id).ShouldBeFalse();

        _inner.Answer("up");
        (await query).ShouldNotBeNull();
        _monitor.Cancel(s_a, id).ShouldBeFalse("it has ended");
        _monitor.Top(s_b, TopQueryOrder.Count, 10, s_hour).ShouldBeEmpty();
    }

    [Fact]
    public async Task QueryAsync_CallerGoesAway_QueryIsEnded()
    {
        using var caller = new CancellationTokenSource();
        Task<QueryResult> query = AskAsync(s_a, "up", caller.Token);
        await _inner.ArrivedAsync("up");

        await caller.CancelAsync();

        (await Should.ThrowAsync<QueryException>(query)).Kind.ShouldBe(QueryErrorKind.Canceled);
        _monitor.Active(s_a).ShouldBeEmpty();
        _monitor.Top(s_a, TopQueryOrder.Count, 10, s_hour).Single().Failures.ShouldBe(1);
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("unavailable")]
    [InlineData("internal")]
    public async Task QueryAsync_Fails_IsCountedByReasonAndThrown(string reason)
    {
        Exception failure = reason switch
        {
            "limit" => new QueryException(QueryErrorKind.Limit, "too much"),
            "unavailable" => new StorageUnavailableException("starting"),
            _ => new InvalidOperationException("a fault"),
        };
        Task<QueryResult> query = AskAsync(s_a, "up");
        _inner.Fail("up", failure);

        (await Should.ThrowAsync<Exception>(query)).ShouldBe(failure);
        (await MetricsAsync()).ShouldContain($"remotestore_querier_failures_total{{reason=\"{reason}\"}} 1");
        (await MetricsAsync()).ShouldContain("remotestore_querier_active_queries 0");
    }

    [Fact]
    public async Task Metrics_QueryAnswered_AreThere()
    {
        await RunAsync(s_a, "up", TimeSpan.FromSeconds(1), samples: 7, bytes: 70_000);

        string metrics = await MetricsAsync();
        metrics.ShouldContain("remotestore_querier_query_seconds_sum{kind=\"range\"} 1");
        metrics.ShouldContain("remotestore_querier_query_seconds_count{kind=\"instant\"} 0");
        metrics.ShouldContain("remotestore_querier_samples_total 7");
        metrics.ShouldContain("remotestore_querier_query_peak_bytes_sum 70000");
        metrics.ShouldContain("remotestore_querier_slow_queries_total 0");
    }

    [Fact]
    public async Task Top_ByTime_GroupsByTextWithoutSpacingAndTimes()
    {
        await RunAsync(s_a, "sum( up@100 )", TimeSpan.FromSeconds(1), samples: 1, bytes: 10, new QueryOrigin("d1", "1", "", ""));
        await RunAsync(s_a, "sum(up @ 200)", TimeSpan.FromSeconds(2), samples: 2, bytes: 20, new QueryOrigin("d2", "2", "", ""));
        await RunAsync(s_a, "cheap", TimeSpan.FromMilliseconds(1), samples: 100, bytes: 1000);

        IReadOnlyList<TopQuery> top = _monitor.Top(s_a, TopQueryOrder.Time, 10, s_hour);

        top.Count.ShouldBe(2);
        top[0].ShouldBe(new TopQuery("sum(up @ _)", "d2", "2", 60_000, 2, 0, TimeSpan.FromSeconds(3), 3, 30));
        _monitor.Top(s_a, TopQueryOrder.Bytes, 1, s_hour).Single().Query.ShouldBe("cheap");
        _monitor.Top(s_a, TopQueryOrder.Count, 1, s_hour).Single().Query.ShouldBe("sum(up @ _)");
    }

    [Fact]
    public async Task Top_ByDashboard_GroupsPanelsAndShowsTheMostExpensiveQuery()
    {
        await RunAsync(s_a, "a", TimeSpan.FromSeconds(1), origin: new QueryOrigin("d", "1", "", ""));
        await RunAsync(s_a, "b", TimeSpan.FromSeconds(5), origin: new QueryOrigin("d", "1", "", ""));
        await RunAsync(s_a, "c", TimeSpan.FromSeconds(2), origin: new QueryOrigin("d", "2", "", ""));

        IReadOnlyList<TopQuery> top = _monitor.Top(s_a, TopQueryOrder.Dashboard, 10, s_hour);

        top.Select(static one => (one.DashboardUid, one.PanelId, one.Query, one.Count)).ShouldBe([("d", "1", "b", 2), ("d", "2", "c", 1)]);
    }

    [Fact]
    public async Task Top_QueryOlderThanTheWindow_IsLeftOut()
    {
        await RunAsync(s_a, "old", TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMinutes(10));
        await RunAsync(s_a, "new", TimeSpan.FromSeconds(1));

        _monitor.Top(s_a, TopQueryOrder.Time, 10, TimeSpan.FromMinutes(5)).Single().Query.ShouldBe("new");
        _monitor.Top(s_a, TopQueryOrder.Time, 10, TimeSpan.MaxValue).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Log_SlowQuery_IsWrittenWithItsCostAndPlan()
    {
        await RunAsync(
            s_a, "sum(rate(up[5m])) / 2", TimeSpan.FromSeconds(10), samples: 7, bytes: 8, new QueryOrigin("dash", "panel", "curl/1", "192.0.2.1"));
        await RunAsync(s_a, "fast", TimeSpan.FromSeconds(9));

        string line = _log.Lines.ShouldHaveSingleItem();
        line.ShouldContain("slow query of tenant a: 10000 ms, answered; query=sum(rate(up[5m])) / 2 startMs=0 endMs=60000 stepMs=1000");
        line.ShouldContain("samples=7 series=1 peakBytes=8 dashboard=dash panel=panel userAgent=curl/1 address=192.0.2.1");
        line.ShouldContain("plan=/ ← (sum ← rate ← select up[5m], 2)");
        (await MetricsAsync()).ShouldContain("remotestore_querier_slow_queries_total 1");
    }

    [Fact]
    public async Task Log_QueryIsLong_IsCut()
    {
        MonitoredQueryService monitor = Create(new QueryMonitorOptions { LogSlowerThan = TimeSpan.FromTicks(1), MaxTextLength = 10 });
        string text = new('x', 5000);
        Task<QueryResult> query = monitor.QueryAsync(Call(s_a, text, QueryOrigin.Unknown), CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        _inner.Answer(text);
        await query;

        _log.Lines.Single().ShouldContain($"query={new string('x', 10)}… ");
        monitor.Top(s_a, TopQueryOrder.Time, 1, s_hour).Single().Query.ShouldBe(new string('x', 10) + "…");
    }

    [Fact]
    public async Task QueryAsync_ManyAtOnce_AllAreListedCountedAndEnded()
    {
        const int count = 200;
        Task<QueryResult>[] queries = [.. Enumerable.Range(0, count).Select(i => Task.Run(() => AskAsync(i % 2 == 0 ? s_a : s_b, $"q{i}")))];
        for (int i = 0; i < count; i++)
        {
            await _inner.ArrivedAsync($"q{i}");
        }

        _monitor.Active(s_a).Count.ShouldBe(count / 2);
        _monitor.Active(s_b).Select(static active => active.Id).Distinct().Count().ShouldBe(count / 2);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), (i, _) =>
        {
            _inner.Answer($"q{i}", samples: 1);
            return ValueTask.CompletedTask;
        });
        await Task.WhenAll(queries);

        _monitor.Active(s_a).ShouldBeEmpty();
        _monitor.Top(s_a, TopQueryOrder.Count, 1000, s_hour).Sum(static top => top.TotalSamples).ShouldBe(count / 2);
        (await MetricsAsync()).ShouldContain($"remotestore_querier_samples_total {count}");
    }

    private MonitoredQueryService Create(QueryMonitorOptions options) => new(_inner, options, new QuerierMetrics(_registry), _log, _time);

    private static QueryCall Call(TenantId tenant, string query, QueryOrigin origin) =>
        new(tenant, new QueryRequest(query, 0, 60_000, 1000)) { Origin = origin };

    private Task<QueryResult> AskAsync(TenantId tenant, string query, CancellationToken cancellationToken = default) =>
        _monitor.QueryAsync(Call(tenant, query, QueryOrigin.Unknown), cancellationToken).AsTask();

    private async Task RunAsync(TenantId tenant, string query, TimeSpan elapsed, long samples = 0, long bytes = 0, QueryOrigin? origin = null)
    {
        Task<QueryResult> asked = _monitor.QueryAsync(Call(tenant, query, origin ?? QueryOrigin.Unknown), CancellationToken.None).AsTask();
        _time.Advance(elapsed);
        _inner.Answer(query, samples, bytes);
        await asked;
    }

    private async Task<string> MetricsAsync()
    {
        using var text = new MemoryStream();
        await _registry.WriteTextAsync(text, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    private sealed class RecordingLogger : ILogger<MonitoredQueryService>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
