using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Storage.Appending;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Tsdb;
using Shouldly;

namespace RemoteStore.QueryFrontend.Tests;

/// <summary>A store in a folder of its own, an engine over it, and the frontend before that; one clock.</summary>
internal sealed class FrontendHarness : IAsyncDisposable
{
    public static readonly TenantId Tenant = TenantId.Anonymous;

    private static readonly DateTimeOffset s_start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "remotestore-test-" + Guid.NewGuid().ToString("N"));

    private FrontendHarness(QueryFrontendOptions options, EngineOptions engine, Func<TsdbOptions, TsdbOptions> store, TenantLimits limits)
    {
        Limits = limits;
        Store = new TimeSeriesDatabase(
            store(new TsdbOptions
            {
                DataDirectory = _directory,
                BackgroundMerges = false,
                FlushInterval = TimeSpan.FromHours(1),
                Durability = Durability.Memory,
                OutOfOrderWindow = TimeSpan.FromDays(30),
            }),
            LocalFileSystem.Instance,
            Failpoints.None,
            new TsdbMetrics(new MetricsRegistry()),
            NullLogger<TimeSeriesDatabase>.Instance,
            Time);
        Querier = new CountingService(new EngineQueryService(new QueryEngine(engine, Time), Store));
        Frontend = new FrontendQueryService(Querier, Store, options, engine, new UniformTenantLimits(Limits), Metrics, Time);
    }

    public static long StartMs => s_start.ToUnixTimeMilliseconds();

    public FakeTimeProvider Time { get; } = new(s_start);

    public TimeSeriesDatabase Store { get; }

    public CountingService Querier { get; }

    public FrontendQueryService Frontend { get; }

    public TenantLimits Limits { get; }

    public MetricsRegistry Metrics { get; } = new();

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static async Task<FrontendHarness> StartAsync(
        QueryFrontendOptions? options = null, EngineOptions? engine = null, Func<TsdbOptions, TsdbOptions>? store = null, TenantLimits? limits = null)
    {
        var harness = new FrontendHarness(options ?? new QueryFrontendOptions(), engine ?? new EngineOptions(), store ?? (static o => o), limits ?? new TenantLimits());
        await harness.Store.StartAsync(CancellationToken.None);
        return harness;
    }

    public async Task WriteAsync(LabelSet labels, params (long T, double V)[] samples) =>
        (await Store.AppendAsync(Tenant, new BatchBuilder().Add(labels, samples).Build(), CancellationToken.None)).Rejects.Total.ShouldBe(0);

    public ValueTask<QueryResult> AskAsync(string query, long startMs, long endMs, long stepMs) =>
        Frontend.QueryAsync(new QueryCall(Tenant, new QueryRequest(query, startMs, endMs, stepMs)), CancellationToken.None);

    public ValueTask<QueryResult> AskDirectlyAsync(string query, long startMs, long endMs, long stepMs) =>
        Querier.Inner.QueryAsync(new QueryCall(Tenant, new QueryRequest(query, startMs, endMs, stepMs)), CancellationToken.None);

    /// <summary>Asserts that the frontend answers, or fails, as the querier does.</summary>
    public async Task<QueryResult?> ShouldAnswerAlikeAsync(string query, long startMs, long endMs, long stepMs)
    {
        QueryResult? direct = null;
        QueryException? failure = null;
        try
        {
            direct = await AskDirectlyAsync(query, startMs, endMs, stepMs);
        }
        catch (QueryException e)
        {
            failure = e;
        }

        string what = $"{query} from {startMs} to {endMs} by {stepMs}";
        if (failure is not null)
        {
            QueryException actual = await Should.ThrowAsync<QueryException>(AskAsync(query, startMs, endMs, stepMs).AsTask(), what);
            actual.Message.ShouldBe(failure.Message, what);
            actual.Kind.ShouldBe(failure.Kind, what);
            return null;
        }

        QueryResult answer = await AskAsync(query, startMs, endMs, stepMs);
        ResultText.Of(answer).ShouldBe(ResultText.Of(direct!), what);
        return answer;
    }

    public async Task<string> ReadMetricsAsync()
    {
        using var text = new MemoryStream();
        await Metrics.WriteTextAsync(text, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await Frontend.DisposeAsync();
        await Store.DisposeAsync();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }
}
