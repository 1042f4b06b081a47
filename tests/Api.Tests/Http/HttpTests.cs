using System.IO.Compression;
using System.Text;
using RemoteStore.Api.Http;
using RemoteStore.Storage;
using RemoteStore.Testing;

namespace RemoteStore.Api.Tests.Http;

public sealed class HttpTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/query?query=up")]
    [InlineData("/api/v1/series?match[]=up")]
    [InlineData("/api/v1/labels")]
    [InlineData("/api/v1/label/job/values")]
    [InlineData("/api/v1/metadata")]
    [InlineData("/api/v1/query_exemplars?query=up")]
    public async Task NotReady_Is503WithTheReasonInAHeader(string path)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Readiness.SetStarting("replaying");
        using HttpResponseMessage starting = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
        host.Readiness.SetStopping("draining");
        using HttpResponseMessage stopping = await host.Client.GetAsync(new Uri(path, UriKind.Relative));

        ((int)starting.StatusCode).ShouldBe(503);
        (await starting.Content.ReadAsStringAsync()).ShouldBe("Service Unavailable");
        starting.Headers.GetValues("X-Prometheus-Stopping").ShouldBe(["false"]);
        stopping.Headers.GetValues("X-Prometheus-Stopping").ShouldBe(["true"]);
    }

    [Fact]
    public async Task StoreUnavailable_Is503()
    {
        _host.Store.QueryFailure = new StorageUnavailableException("replaying");

        (await _host.GetAsync("/api/v1/labels")).ShouldBe((503, "Service Unavailable"));
    }

    [Fact]
    public async Task StoreFails_IsInternalError()
    {
        _host.Store.QueryFailure = new IOException("part p-1 cannot be read");

        (await _host.GetErrorAsync("/api/v1/labels", 500)).ShouldBe(("internal", "part p-1 cannot be read"));
    }

    [Fact]
    public async Task Tenant_IsAskedForWhenMultitenancyIsEnabled()
    {
        await using ApiHost host = await ApiHost.StartAsync(multitenancy: true);

        (await host.GetAsync("/api/v1/labels")).Status.ShouldBe(401);
        host.Client.DefaultRequestHeaders.Add("X-Scope-OrgID", "a b");
        (await host.GetAsync("/api/v1/labels")).Status.ShouldBe(400);
        host.Client.DefaultRequestHeaders.Remove("X-Scope-OrgID");
        host.Client.DefaultRequestHeaders.Add("X-Scope-OrgID", "other");
        await host.StoreAsync(new RequestSeries("__name__", "up").Sample(1, 1));
        (await host.GetDataAsync("/api/v1/labels")).ShouldBe("[]");
    }

    [Theory]
    [InlineData("/api/v1/query")]
    [InlineData("/api/v1/anything/else")]
    [InlineData("/prometheus/api/v1/labels")]
    public async Task Options_IsAllowedFromAnyOrigin(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", "http://example.org");
        using HttpResponseMessage response = await _host.Client.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(204);
        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        response.Headers.GetValues("Access-Control-Allow-Methods").ShouldBe(["GET, POST, OPTIONS"]);
    }

    [Fact]
    public async Task Answer_ToAnOrigin_HasCorsHeaders()
    {
        _host.Client.DefaultRequestHeaders.Add("Origin", "http://example.org");
        using HttpResponseMessage response = await _host.Client.GetAsync(new Uri("/api/v1/labels", UriKind.Relative));

        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(100, true)]
    [InlineData(20_000, true)]
    public async Task Answer_LargeAndGzipAccepted_IsCompressed(int series, bool compressed)
    {
        await _host.StoreAsync(Enumerable.Range(0, series).Select(static i => new RequestSeries("__name__", "up", "i", $"{i:d6}").Sample(9_999_000, i)));
        string plain = (await _host.GetAsync("/api/v1/query?query=up")).Body;
        _host.Client.DefaultRequestHeaders.Add("Accept-Encoding", "deflate, gzip;q=0.5");

        using HttpResponseMessage response = await _host.Client.GetAsync(new Uri("/api/v1/query?query=up", UriKind.Relative));
        byte[] body = await response.Content.ReadAsByteArrayAsync();

        response.Content.Headers.ContentEncoding.ShouldBe(compressed ? ["gzip"] : []);
        Encoding.UTF8.GetString(compressed ? Unzip(body) : body).ShouldBe(plain);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, GZIP", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip; q=0.0", false)]
    [InlineData("identity", false)]
    [InlineData("xgzip", false)]
    [InlineData("", false)]
    public void AllowsGzip_Header_IsRead(string header, bool expected) => AcceptEncoding.AllowsGzip(header).ShouldBe(expected);

    [Fact]
    public async Task Form_Malformed_IsBadData()
    {
        using var content = new ByteArrayContent(new byte[10]);
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        using HttpResponseMessage response = await _host.Client.PostAsync(new Uri("/api/v1/labels", UriKind.Relative), content);

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync()).ShouldContain("bad_data");
    }

    [Fact]
    public async Task Metrics_CountRequestsByEndpointAndCode()
    {
        await _host.GetAsync("/api/v1/labels");
        await _host.GetAsync("/api/v1/query?query=");
        await _host.GetAsync("/api/v1/label/job/values");
        using var text = new MemoryStream();
        await _host.Registry.WriteTextAsync(text, default);

        string metrics = Encoding.UTF8.GetString(text.ToArray());

        metrics.ShouldContain("remotestore_api_requests_total{endpoint=\"labels\",code=\"200\"} 1");
        metrics.ShouldContain("remotestore_api_requests_total{endpoint=\"query\",code=\"400\"} 1");
        metrics.ShouldContain("remotestore_api_request_duration_seconds_count{endpoint=\"label_values\"} 1");
    }

    private static byte[] Unzip(byte[] body)
    {
        using var plain = new MemoryStream();
        using (var zip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
        {
            zip.CopyTo(plain);
        }

        return plain.ToArray();
    }

    [Theory]
    [InlineData("https://one.example", true)]
    [InlineData("https://one.example.evil", false)]
    [InlineData("http://one.example", false)]
    public async Task Origin_IsAdmittedWhenTheExpressionMatchesAllOfIt(string origin, bool admitted)
    {
        await using ApiHost host = await ApiHost.StartAsync(new ReadApiOptions { CorsOrigins = "https://(one|two)[.]example" });
        host.Client.DefaultRequestHeaders.Add("Origin", origin);
        using HttpResponseMessage response = await host.Client.GetAsync(new Uri("/api/v1/labels", UriKind.Relative));

        response.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values).ShouldBe(admitted);
        (values ?? []).ShouldBe(admitted ? [origin] : []);
        response.Headers.Vary.ShouldContain("Origin");
    }
}
