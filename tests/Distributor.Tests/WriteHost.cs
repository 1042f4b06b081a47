using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Wire;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Distributor.Tests;

/// <summary>A real HTTP server on a free port with the receiver in front of an in-memory store.</summary>
public sealed class WriteHost : IAsyncDisposable
{
    public const string V1 = "application/x-protobuf";
    public const string V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    private readonly WebApplication _app;

    private WriteHost(WebApplication app, InMemoryStore store, Readiness readiness, MetricsRegistry registry, RecordingLogger log)
    {
        _app = app;
        Store = store;
        Readiness = readiness;
        Registry = registry;
        Log = log;
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public InMemoryStore Store { get; }

    public Readiness Readiness { get; }

    public MetricsRegistry Registry { get; }

    public RecordingLogger Log { get; }

    public HttpClient Client { get; }

    public static async Task<WriteHost> StartAsync(RemoteWriteOptions? options = null, bool multitenancy = false)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var store = new InMemoryStore();
        var readiness = new Readiness();
        readiness.SetReady();
        var registry = new MetricsRegistry();
        var log = new RecordingLogger();
        app.MapRemoteWrite(new RemoteWriteHandler(
            store, options ?? new RemoteWriteOptions(), new TenantResolver(multitenancy), readiness, registry, TimeProvider.System, new Random(1), log));
        await app.StartAsync();
        return new WriteHost(app, store, readiness, registry, log);
    }

    /// <summary>Sends a body as it is.</summary>
    public async Task<WriteAnswer> SendAsync(
        byte[] body, string? contentType = V1, string? encoding = "snappy", string path = "/api/v1/write", bool chunked = false, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = chunked ? new StreamContent(new MemoryStream(body, writable: false)) : new ByteArrayContent(body);
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        if (contentType is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await Client.SendAsync(request);
        return new WriteAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    public Task<WriteAnswer> SendV1Async(params IEnumerable<RequestSeries> series) => SendAsync(SnappyBody.Compress(RemoteWriteEncoder.EncodeV1(series)));

    public Task<WriteAnswer> SendV2Async(params IEnumerable<RequestSeries> series) => SendAsync(SnappyBody.Compress(RemoteWriteEncoder.EncodeV2(series)), V2);

    /// <summary>All float samples of a tenant, as <c>labels timestamp bits</c>.</summary>
    public async Task<List<(string Labels, long TimestampMs, long Bits)>> StoredAsync(string tenant = "anonymous")
    {
        await using IQuerier querier = await Store.OpenQuerierAsync(TenantId.Parse(tenant), QueryRange.All, default);
        var matcher = new LabelMatcher(MatchType.NotEqual, LabelSet.MetricName, "");
        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), [matcher], default);
        var samples = new List<(string, long, long)>();
        while (await set.MoveNextAsync(default))
        {
            for (int i = 0; i < set.Current.Count; i++)
            {
                for (int j = 0; j < set.Current.Timestamps(i).Length; j++)
                {
                    samples.Add((set.Current.Labels(i).ToString(), set.Current.Timestamps(i)[j], set.Current.ValueBits(i)[j]));
                }
            }
        }

        return samples;
    }

    public async Task<string> MetricsAsync()
    {
        using var text = new MemoryStream();
        await Registry.WriteTextAsync(text, default);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>What the receiver answered.</summary>
public sealed record WriteAnswer(int Status, string Text, HttpResponseHeaders Headers)
{
    public string? Header(string name) => Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;

    public (string? Samples, string? Histograms, string? Exemplars) Written => (
        Header("X-Prometheus-Remote-Write-Samples-Written"),
        Header("X-Prometheus-Remote-Write-Histograms-Written"),
        Header("X-Prometheus-Remote-Write-Exemplars-Written"));
}

/// <summary>Keeps log lines.</summary>
public sealed class RecordingLogger : ILogger<RemoteWriteHandler>
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            _lines.Add($"{logLevel}: {formatter(state, exception)}");
        }
    }
}
