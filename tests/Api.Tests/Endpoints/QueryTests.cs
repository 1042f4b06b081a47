using RemoteStore.Model.Samples;
using RemoteStore.PromQL;
using RemoteStore.Testing;

namespace RemoteStore.Api.Tests.Endpoints;

public sealed class QueryTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/query")]
    [InlineData("/prometheus/api/v1/query")]
    public async Task InstantSelector_GivesTheNewestSampleOfEachSeries(string path)
    {
        await _host.StoreAsync(
            new RequestSeries("__name__", "up", "job", "b").Sample(9_000_000, 1).Sample(9_990_000, 0.5),
            new RequestSeries("__name__", "up", "job", "a").Sample(9_990_500, double.NegativeInfinity),
            new RequestSeries("__name__", "down", "job", "a").Sample(9_990_000, 1));

        (await _host.GetDataAsync(path + "?query=up")).ShouldBe(
            """{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a"},"value":[10000,"-Inf"]},{"metric":{"__name__":"up","job":"b"},"value":[10000,"0.5"]}]}""");
    }

    [Fact]
    public async Task PostForm_IsRead()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(5_000, 1));

        (int status, string body) = await _host.PostFormAsync("/api/v1/query", ("query", "up"), ("time", "5.25"));

        status.ShouldBe(200);
        body.ShouldBe("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up"},"value":[5.250,"1"]}]}}""");
    }

    [Theory]
    [InlineData(300_000, 0, true)] // 1 ms more than the lookback ends before it
    [InlineData(300_000, 1, false)]
    public async Task Lookback_IsOpenAtItsLeftEnd(long sampleMs, long extraMs, bool found)
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(sampleMs, 1));
        double time = (sampleMs + 300_000 - 1 + extraMs) / 1000d;

        string data = await _host.GetDataAsync($"/api/v1/query?query=up&time={time.ToString(System.Globalization.CultureInfo.InvariantCulture)}");

        data.Contains("value", StringComparison.Ordinal).ShouldBe(found);
    }

    [Fact]
    public async Task LookbackDelta_CanBeSet()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(0, 1));

        (await _host.GetDataAsync("/api/v1/query?query=up&time=3000&lookback_delta=1h")).ShouldContain("value");
    }

    [Fact]
    public async Task StalenessMarker_EndsTheSeries()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(1_000, 1).SampleBits(2_000, SampleBits.StaleMarker).Sample(3_000, 2));

        (await _host.GetDataAsync("/api/v1/query?query=up&time=1.5")).ShouldContain("\"1\"");
        (await _host.GetDataAsync("/api/v1/query?query=up&time=2.5")).ShouldBe("""{"resultType":"vector","result":[]}""");
        (await _host.GetDataAsync("/api/v1/query?query=up&time=3")).ShouldContain("\"2\"");
        (await _host.GetDataAsync("/api/v1/query?query=up[10s]&time=4")).ShouldContain("""[[1,"1"],[3,"2"]]""");
    }

    [Fact]
    public async Task RangeSelector_GivesRawSamplesOpenAtTheLeft()
    {
        await _host.StoreAsync(
            new RequestSeries("__name__", "up", "i", "2").Sample(10_000, 1).Sample(10_001, 2).Sample(70_000, 3).Sample(70_001, 4),
            new RequestSeries("__name__", "up", "i", "1").Sample(69_500, -0.0),
            new RequestSeries("__name__", "up", "i", "3").Sample(5_000, 7));

        (await _host.GetDataAsync("/api/v1/query?query=up[1m]&time=70")).ShouldBe(
            """{"resultType":"matrix","result":[{"metric":{"__name__":"up","i":"1"},"values":[[69.500,"-0"]]},{"metric":{"__name__":"up","i":"2"},"values":[[10.001,"2"],[70,"3"]]}]}""");
    }

    [Fact]
    public async Task OffsetAndAt_MoveTheSelector()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(1_000_000, 1).Sample(2_000_000, 2));

        (await _host.GetDataAsync("/api/v1/query?query=up offset 1000s&time=2000")).ShouldContain("""[2000,"1"]""");
        (await _host.GetDataAsync("/api/v1/query?query=up @ 2000&time=1000")).ShouldContain("""[1000,"2"]""");
    }

    [Fact]
    public async Task Histograms_AreReturnedBesideFloats()
    {
        var histogram = new NativeHistogram { IntegerCount = 1, SumBits = BitConverter.DoubleToInt64Bits(1), PositiveSpans = [new(0, 1)], PositiveDeltas = [1] };
        await _host.StoreAsync(new RequestSeries("__name__", "h").Sample(1_000, 5).Histogram(2_000, histogram));

        (await _host.GetDataAsync("/api/v1/query?query=h&time=3")).ShouldContain(""""histogram":[3,{"count":"1","sum":"1","buckets":[[0,"0.5","1","1"]]}]"""");
        (await _host.GetDataAsync("/api/v1/query?query=h[1m]&time=3")).ShouldContain(""""values":[[1,"5"]],"histograms":[[2,{"count":"1"""");
        (await _host.GetDataAsync("/api/v1/query?query=h&time=1.5")).ShouldContain(""""value":[1.500,"5"]"""");
    }

    [Fact]
    public async Task StaleHistogram_EndsTheSeries()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "h").Sample(1_000, 5).Histogram(2_000, new NativeHistogram { SumBits = SampleBits.StaleMarker }));

        (await _host.GetDataAsync("/api/v1/query?query=h&time=3")).ShouldBe("""{"resultType":"vector","result":[]}""");
        (await _host.GetDataAsync("/api/v1/query?query=h[1m]&time=3")).ShouldNotContain("histograms");
    }

    [Fact]
    public async Task Limit_CutsSeriesAndWarns()
    {
        await _host.StoreAsync(Enumerable.Range(0, 5).Select(static i => new RequestSeries("__name__", "up", "i", $"{i}").Sample(9_999_000, i)));

        (await _host.GetAsync("/api/v1/query?query=up&limit=2")).Body.ShouldBe(
            """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","i":"0"},"value":[10000,"0"]},{"metric":{"__name__":"up","i":"1"},"value":[10000,"1"]}]},"warnings":["results truncated due to limit"]}""");
        (await _host.GetAsync("/api/v1/query?query=up&limit=5")).Body.ShouldNotContain("warnings");
        (await _host.GetErrorAsync("/api/v1/query?query=up&limit=-1", 400)).Type.ShouldBe("bad_data");
    }

    [Theory]
    [InlineData("", "invalid parameter \"query\": unknown position: parse error: no expression found in input")]
    [InlineData("sum(up", "invalid parameter \"query\": 1:7: parse error: unclosed left parenthesis")]
    [InlineData("up{", "invalid parameter \"query\": 1:4: parse error: unexpected end of input inside braces")]
    public async Task BadQuery_IsBadData(string query, string expected)
    {
        (await _host.GetErrorAsync("/api/v1/query?query=" + Uri.EscapeDataString(query), 400)).ShouldBe(("bad_data", expected));
    }

    [Theory]
    [InlineData("time", "foo", "invalid parameter \"time\": Invalid time value for 'time': cannot parse \"foo\" to a valid timestamp")]
    [InlineData("timeout", "foo", "invalid parameter \"timeout\": cannot parse \"foo\" to a valid duration")]
    [InlineData("limit", "foo", "invalid parameter \"limit\": strconv.Atoi: parsing \"foo\": invalid syntax")]
    [InlineData("limit", "99999999999999999999", "invalid parameter \"limit\": strconv.Atoi: parsing \"99999999999999999999\": value out of range")]
    [InlineData("limit", "-1", "invalid parameter \"limit\": limit must be non-negative")]
    [InlineData("timeout", "1e30", "invalid parameter \"timeout\": cannot parse \"1e30\" to a valid duration. It overflows int64")]
    [InlineData("lookback_delta", "foo", "error parsing lookback delta duration: cannot parse \"foo\" to a valid duration")]
    public async Task BadParameter_IsBadData(string name, string value, string expected) =>
        (await _host.GetErrorAsync($"/api/v1/query?query=up&{name}={value}", 400)).ShouldBe(("bad_data", expected));

    [Fact]
    public async Task TimesAtTheEnds_DoNotOverflow()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(long.MaxValue, 1).Sample(long.MinValue, 2));

        (await _host.GetDataAsync("/api/v1/query?query=up&time=1e300")).ShouldContain("9223372036854775.807");
        (await _host.GetDataAsync("/api/v1/query?query=up&time=-1e300")).ShouldContain("-9223372036854775.808");
        (await _host.GetDataAsync("/api/v1/query?query=up offset -1h&time=1e300")).ShouldContain("\"1\"");
    }

    [Fact]
    public async Task Timeout_Elapsed_IsTimeout()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(9_999_000, 1));

        (await _host.GetErrorAsync("/api/v1/query?query=up&timeout=0", 503)).Type.ShouldBe("timeout");
    }

    [Fact]
    public async Task SampleLimit_Exceeded_IsExecutionError()
    {
        await using ApiHost host = await ApiHost.StartAsync(engine: new EngineOptions { MaxSamples = 2 });
        await host.StoreAsync(new RequestSeries("__name__", "up").Sample(1_000, 1).Sample(2_000, 1).Sample(3_000, 1));

        (await host.GetErrorAsync("/api/v1/query?query=up[1h]&time=4", 422)).Type.ShouldBe("execution");
    }

    [Fact]
    public async Task LabelText_IsEscapedAsJsonOnly()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up", "l", "<a href='x'>\"\\\u0001 é+&").Sample(9_999_000, 1));

        (await _host.GetAsync("/api/v1/query?query=up")).Body.ShouldContain(""""l":"<a href='x'>\"\\\u0001 é+&"""");
    }
}
