using RemoteStore.Api.Federation;
using RemoteStore.Model.Samples;
using RemoteStore.Testing;

namespace RemoteStore.Api.Tests.Endpoints;

public sealed class FederationTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/federate")]
    [InlineData("/prometheus/federate")]
    public async Task Series_ComeInOrderOfNameWithTheirNewestSample(string path)
    {
        await _host.StoreAsync(
            new RequestSeries("__name__", "b", "instance", "i").Sample(9_999_000, 1_500_000),
            new RequestSeries("__name__", "a", "z", "2").Sample(9_990_000, 1).Sample(9_999_000, 0.5),
            new RequestSeries("__name__", "a", "b", "1\"\\\n").Sample(9_999_500, double.NegativeInfinity),
            new RequestSeries("__name__", "old").Sample(9_600_000, 1),
            new RequestSeries("__name__", "ended").Sample(9_990_000, 1).SampleBits(9_999_000, SampleBits.StaleMarker));

        (int status, string body) = await _host.GetAsync(path + "?match[]={__name__=~\".%2B\"}&match[]=a");

        status.ShouldBe(200);
        body.ShouldBe("""
            # TYPE a untyped
            a{b="1\"\\\n",instance=""} -Inf 9999500
            a{z="2",instance=""} 0.5 9999000
            # TYPE b untyped
            b{instance="i"} 1.5e+06 9999000

            """);
    }

    [Fact]
    public async Task NoMatch_GivesNothing()
    {
        (await _host.GetAsync("/federate")).ShouldBe((200, ""));
        (await _host.GetAsync("/federate?match[]=none")).ShouldBe((200, ""));
    }

    [Fact]
    public async Task BadMatch_Is400() => (await _host.GetAsync("/federate?match[]=up{")).ShouldBe(
        (400, "invalid parameter \"match[]\": 1:4: parse error: unexpected end of input inside braces\n"));

    [Fact]
    public async Task NotReady_Is503()
    {
        _host.Readiness.SetStarting("replaying");

        (await _host.GetAsync("/federate?match[]=up")).Status.ShouldBe(503);
    }

    [Fact]
    public async Task Protobuf_HasFamiliesWithHistograms()
    {
        var histogram = new NativeHistogram { IntegerCount = 1, SumBits = BitConverter.DoubleToInt64Bits(1), PositiveSpans = [new(0, 1)], PositiveDeltas = [1] };
        await _host.StoreAsync(
            new RequestSeries("__name__", "h").Histogram(9_999_000, histogram),
            new RequestSeries("__name__", "f", "instance", "i").Sample(9_999_000, 1));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/federate?match[]={__name__=~\".%2B\"}");
        request.Headers.TryAddWithoutValidation("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;q=0.3");
        using HttpResponseMessage response = await _host.Client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.google.protobuf");

        // Length, name "f", type untyped, metric { label { instance = i }, untyped { 1 }, timestamp }.
        body[0].ShouldBe((byte)(body.AsSpan().IndexOf("\n\u0001h"u8) - 2));
        body.AsSpan(1, 5).ToArray().ShouldBe("\n\u0001f\u0018\u0003"u8.ToArray());
        int second = body.AsSpan().IndexOf("\n\u0001h"u8);
        body.AsSpan(second, 5).ToArray().ShouldBe("\n\u0001h\u0018\u0004"u8.ToArray());
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData("*/*", false, false)]
    [InlineData("text/plain;version=0.0.4;escaping=allow-utf-8", false, true)]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", false, false)]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited", true, false)]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", false, false)]
    [InlineData("text/plain;q=0.9, application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.8", false, false)]
    public void Format_IsWhatTheHeaderPrefers(string accept, bool protobuf, bool utf8) =>
        ExpositionFormat.Negotiate(accept).ShouldBe(new ExpositionFormat(protobuf, utf8));

    [Fact]
    public async Task NamesOutsideTheClassicAlphabet_AreEscapedOrQuoted()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "a.b", "l-é", "v").Sample(9_999_000, 1));
        (await _host.GetAsync("/federate?match[]={\"a.b\"}")).Body.ShouldBe("# TYPE a_b untyped\na_b{l__=\"v\",instance=\"\"} 1 9999000\n");
        _host.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "text/plain;version=0.0.4;escaping=allow-utf-8");

        (await _host.GetAsync("/federate?match[]={\"a.b\"}")).Body.ShouldBe("# TYPE \"a.b\" untyped\n{\"a.b\",\"l-é\"=\"v\",instance=\"\"} 1 9999000\n");
    }
}
