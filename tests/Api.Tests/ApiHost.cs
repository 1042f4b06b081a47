using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Api.Rules;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Writes;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Service;
using RemoteStore.Storage.Administration;
using RemoteStore.Storage.Appending;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Wire.RemoteWrite;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Api.Tests;

/// <summary>A real HTTP server on a free port with the read API in front of an in-memory store. Its clock stands at 10,000 s.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ReadApi _api;

    private ApiHost(WebApplication app, ReadApi api, InMemoryStore store, FixedAdministration administration, Readiness readiness, MetricsRegistry registry)
    {
        _app = app;
        _api = api;
        Store = store;
        Administration = administration;
        Readiness = readiness;
        Registry = registry;
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public InMemoryStore Store { get; }

    public FixedAdministration Administration { get; }

    public Readiness Readiness { get; }

    public MetricsRegistry Registry { get; }

    public HttpClient Client { get; }

    /// <param name="options">Bounds and defaults.</param>
    /// <param name="multitenancy">True to take the tenant from each request.</param>
    /// <param name="queries">What answers queries; null for the engine over the store.</param>
    /// <param name="engine">Options of the engine.</param>
    /// <param name="view">What is read instead of the store itself, made from it.</param>
    /// <param name="rules">Rules that are evaluated; null for none.</param>
    public static async Task<ApiHost> StartAsync(
        ReadApiOptions? options = null,
        bool multitenancy = false,
        IQueryService? queries = null,
        EngineOptions? engine = null,
        Func<InMemoryStore, IQueryable>? view = null,
        IRuleDirectory? rules = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var store = new InMemoryStore();
        IQueryable samples = view?.Invoke(store) ?? store;
        var administration = new FixedAdministration();
        var readiness = new Readiness();
        readiness.SetReady();
        var registry = new MetricsRegistry();
        var api = new ReadApi(
            new ReadApiStores(
                queries ?? new EngineQueryService(new QueryEngine(engine ?? new EngineOptions(), TimeProvider.System), samples),
                administration,
                samples,
                store,
                store,
                administration,
                administration,
                administration)
            {
                Rules = rules ?? new NoRules(),
            },
            options ?? new ReadApiOptions(),
            new ServerFacts { Runtime = ".NET", Flags = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }, Configuration = "a: 1\n", Retention = "15d" },
            new TenantResolver(multitenancy),
            readiness,
            registry,
            new FixedTime(),
            NullLogger<ReadApi>.Instance);
        app.MapReadApi(api);
        await app.StartAsync();
        return new ApiHost(app, api, store, administration, readiness, registry);
    }

    /// <summary>Stores series, by way of a remote write request.</summary>
    public async Task StoreAsync(params IEnumerable<RequestSeries> series)
    {
        byte[] request = RemoteWriteEncoder.EncodeV1(series);
        var batch = new WriteBatch();
        request.CopyTo(batch.Reset(request.Length));
        RemoteWriteV1Decoder.Decode(batch, request.Length).Error.ShouldBeNull();
        AppendResult result = await Store.AppendAsync(TenantId.Anonymous, batch, default);
        result.Rejects.Total.ShouldBe(0);
    }

    /// <summary>Status and body of a GET.</summary>
    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The data of a successful GET, as JSON text.</summary>
    public async Task<string> GetDataAsync(string path)
    {
        (int status, string body) = await GetAsync(path);
        status.ShouldBe(200, body);
        using JsonDocument document = JsonDocument.Parse(body);
        document.RootElement.GetProperty("status").GetString().ShouldBe("success");
        return document.RootElement.GetProperty("data").GetRawText();
    }

    /// <summary>Error type and message of a GET that must fail with the status.</summary>
    public async Task<(string Type, string Message)> GetErrorAsync(string path, int expectedStatus)
    {
        (int status, string body) = await GetAsync(path);
        status.ShouldBe(expectedStatus, body);
        using JsonDocument document = JsonDocument.Parse(body);
        document.RootElement.GetProperty("status").GetString().ShouldBe("error");
        return (document.RootElement.GetProperty("errorType").GetString()!, document.RootElement.GetProperty("error").GetString()!);
    }

    /// <summary>Status and body of a POST form.</summary>
    public async Task<(int Status, string Body)> PostFormAsync(string path, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(static f => KeyValuePair.Create(f.Name, f.Value)));
        using HttpResponseMessage response = await Client.PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Status, content encoding and body of a POST of bytes.</summary>
    public async Task<(int Status, string Type, byte[] Body)> PostAsync(string path, byte[] body, string encoding = "snappy")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add(encoding);
        using HttpResponseMessage response = await Client.PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)response.StatusCode, $"{response.Content.Headers.ContentType} {string.Join(',', response.Content.Headers.ContentEncoding)}", await response.Content.ReadAsByteArrayAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _api.Dispose();
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(10_000);
    }
}

/// <summary>Answers administration with what a test sets.</summary>
public sealed class FixedAdministration : IStoreAdmin, IStoreStatistics, IDurabilityStatus, IQueryMonitor
{
    public List<ActiveQuery> Running { get; } = [];

    public List<TopQuery> Costliest { get; } = [];

    public (TopQueryOrder Order, int Limit, TimeSpan Window) AskedFor { get; private set; }

    public SeriesStatistics Statistics { get; set; } = SeriesStatistics.Empty;

    public int StatisticsLimit { get; private set; }

    public List<StoredBlock> Blocks { get; } = [];

    public SeriesStatistics GetSeriesStatistics(TenantId tenant, int limit, CancellationToken cancellationToken)
    {
        StatisticsLimit = limit;
        return Statistics;
    }

    public IReadOnlyList<StoredBlock> GetBlocks(TenantId tenant) => Blocks;

    public IReadOnlyList<ActiveQuery> Active(TenantId tenant) => Running;

    public bool Cancel(TenantId tenant, string id) => Running.RemoveAll(query => query.Id == id) > 0;

    public IReadOnlyList<TopQuery> Top(TenantId tenant, TopQueryOrder order, int limit, TimeSpan window)
    {
        AskedFor = (order, limit, window);
        return Costliest;
    }

    public List<bool> Flushes { get; } = [];

    public List<bool> Cuts { get; } = [];

    public DurabilityReport Report { get; set; } = new(Durability.Fsync, WalState.Healthy, "g-1", [], [], null);

    public WalReplayProgress Replay { get; set; }

    public ValueTask<FlushReport> FlushAsync(bool merge, CancellationToken cancellationToken)
    {
        Flushes.Add(merge);
        return ValueTask.FromResult(new FlushReport(new Dictionary<string, long> { ["wal"] = 5, ["parts"] = 100 }, 1, 42));
    }

    public ValueTask<FlushReport> CutAsync(bool allEnded, CancellationToken cancellationToken)
    {
        Cuts.Add(allEnded);
        return ValueTask.FromResult(new FlushReport(new Dictionary<string, long> { ["blocks-index"] = 7 }, 0, 0) { Blocks = 2, BlockSamples = 42 });
    }

    public DurabilityReport GetDurability() => Report;

    public WalReplayProgress GetWalReplay() => Replay;
}
