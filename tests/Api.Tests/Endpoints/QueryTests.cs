using System.Text.Json;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Parser;
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
    [InlineData(
        "max_source_resolution", "-5", "invalid parameter \"max_source_resolution\": '-5' is neither a duration such as 5m nor auto: '-5' is not a duration such as 30d, 1h30m or 250ms")]
    [InlineData(
        "max_source_resolution", "NaN", "invalid parameter \"max_source_resolution\": 'NaN' is neither a duration such as 5m nor auto: 'NaN' is not a duration such as 30d, 1h30m or 250ms")]
    [InlineData(
        "max_source_resolution", "-5m", "invalid parameter \"max_source_resolution\": '-5m' is neither a duration such as 5m nor auto: '-5m' is not a duration such as 30d, 1h30m or 250ms")]
    public async Task BadParameter_IsBadData(string name, string value, string expected) =>
        (await _host.GetErrorAsync($"/api/v1/query?query=up&{name}={value}", 400)).ShouldBe(("bad_data", expected));

    [Fact]
    public async Task TimesAtTheEnds_DoNotOverflow()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(long.MaxValue, 1));

        (await _host.GetDataAsync("/api/v1/query?query=up&time=1e300")).ShouldContain("9223372036854775.807");
        (await _host.GetDataAsync("/api/v1/query?query=up&time=-1e300")).ShouldBe("""{"resultType":"vector","result":[]}""");
        (await _host.GetDataAsync("/api/v1/query?query=up offset -1h&time=1e300")).ShouldStartWith("{\"resultType\":\"vector\"");
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

    [Theory]
    [InlineData("/api/v1/query_range")]
    [InlineData("/prometheus/api/v1/query_range")]
    public async Task Range_IsAMatrixInLabelOrder(string path)
    {
        await _host.StoreAsync(
            new RequestSeries("__name__", "up", "job", "b").Sample(10_000, 1).Sample(20_000, 2.5),
            new RequestSeries("__name__", "up", "job", "a").Sample(15_000, double.NaN));

        (await _host.GetDataAsync(path + "?query=up&start=10&end=20.5&step=5")).ShouldBe(
            """{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},"values":[[15,"NaN"],[20,"NaN"]]},{"metric":{"__name__":"up","job":"b"},"values":[[10,"1"],[15,"1"],[20,"2.5"]]}]}""");
    }

    [Fact]
    public async Task RangeOfAScalar_IsAMatrix() =>
        (await _host.GetDataAsync("/api/v1/query_range?query=1&start=10&end=11&step=1s")).ShouldBe(
            """{"resultType":"matrix","result":[{"metric":{},"values":[[10,"1"],[11,"1"]]}]}""");

    [Theory]
    [InlineData("1e-7", """{"resultType":"scalar","result":[4,"1e-07"]}""")]
    [InlineData("\"a\\n\\\"b\"", """{"resultType":"string","result":[4,"a\n\"b"]}""")]
    [InlineData("1+1", """{"resultType":"scalar","result":[4,"2"]}""")]
    public async Task ScalarsAndStrings_AreOnePoint(string query, string expected) =>
        (await _host.GetDataAsync("/api/v1/query?time=4&query=" + Uri.EscapeDataString(query))).ShouldBe(expected);

    [Theory]
    [InlineData("query=up&end=1&step=1", "invalid parameter \"start\": cannot parse \"\" to a valid timestamp")]
    [InlineData("query=up&start=1&step=1", "invalid parameter \"end\": cannot parse \"\" to a valid timestamp")]
    [InlineData("query=up&start=2&end=1&step=1", "invalid parameter \"end\": end timestamp must not be before start time")]
    [InlineData("query=up&start=1&end=2", "invalid parameter \"step\": cannot parse \"\" to a valid duration")]
    [InlineData("query=up&start=1&end=2&step=0", "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer")]
    [InlineData("query=up&start=1&end=2&step=-1", "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer")]
    [InlineData("query=up&start=0&end=11001&step=1", "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")]
    [InlineData("query=up[5m]&start=1&end=2&step=1", "invalid parameter \"query\": invalid expression type \"range vector\" for range query, must be Scalar or instant Vector")]
    [InlineData("query=up&start=1&end=2&step=1&limit=x", "invalid parameter \"limit\": strconv.Atoi: parsing \"x\": invalid syntax")]
    public async Task BadRange_IsBadData(string parameters, string expected) =>
        (await _host.GetErrorAsync("/api/v1/query_range?" + parameters, 400)).ShouldBe(("bad_data", expected));

    [Fact]
    public async Task AbsurdRange_IsRefusedLikeAnyOtherOfTooManyPoints() =>
        (await _host.GetErrorAsync("/api/v1/query_range?query=up&start=-1e300&end=1e300&step=1", 400)).Message.ShouldStartWith("exceeded maximum resolution");

    [Fact]
    public async Task ElevenThousandPoints_AreAnswered() =>
        (await _host.GetDataAsync("/api/v1/query_range?query=vector(1)&start=0&end=11000&step=1")).ShouldContain("[11000,\"1\"]");

    [Fact]
    public async Task Statistics_AreGivenWhenAskedFor()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(9_999_000, 1));

        string data = await _host.GetDataAsync("/api/v1/query?query=up&stats=true");
        using JsonDocument document = JsonDocument.Parse(data);
        JsonElement stats = document.RootElement.GetProperty("stats");
        stats.GetProperty("timings").EnumerateObject().Select(static m => m.Name).ShouldBe(
            ["evalTotalTime", "resultSortTime", "queryPreparationTime", "innerEvalTime", "execQueueTime", "execTotalTime"]);
        stats.GetProperty("samples").GetProperty("totalQueryableSamples").GetInt64().ShouldBe(1);
        stats.GetProperty("samples").GetProperty("samplesRead").GetInt64().ShouldBe(1);
        (await _host.GetDataAsync("/api/v1/query?query=up")).ShouldNotContain("stats");
        (await _host.GetAsync("/api/v1/query?query=up&stats=foo")).Body.ShouldContain(
            """warnings":["value \"foo\" for parameter \"stats\" is deprecated and will be rejected in the next major release, use \"true\" or \"all\""]""");
    }

    [Fact]
    public async Task InfosAndWarnings_AreBesideTheData()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "memory").Sample(9_990_000, 1).Sample(9_999_000, 1));

        (await _host.GetAsync("/api/v1/query?query=rate(memory[1m])")).Body.ShouldContain("\"infos\":[\"PromQL info: metric might not be a counter");
        (await _host.GetAsync("/api/v1/query?query=quantile(2, memory)")).Body.ShouldContain("\"warnings\":[\"PromQL warning: quantile value should be");
    }

    [Theory]
    [InlineData("/api/v1/format_query?query=sum(up)+by(job)", "\"sum by (job) (up)\"")]
    [InlineData("/api/v1/parse_query?query=1", """{"type":"numberLiteral","val":"1"}""")]
    public async Task Tools_AnswerWithTextAndTree(string path, string expected) => (await _host.GetDataAsync(path)).ShouldBe(expected);

    [Theory]
    [InlineData("/api/v1/format_query")]
    [InlineData("/api/v1/parse_query")]
    [InlineData("/api/v1/query_exemplars")]
    public async Task Tools_BadQuery_IsBadData(string path) => (await _host.GetErrorAsync(path + "?query=up{", 400)).ShouldBe(
        ("bad_data", "invalid parameter \"query\": 1:4: parse error: unexpected end of input inside braces"));

    [Fact]
    public async Task ParseQuery_OfTheDeepestTree_IsAnswered()
    {
        string query = string.Concat(Enumerable.Repeat("(", 200)) + "1" + string.Concat(Enumerable.Repeat(")", 200));

        (int status, string body) = await _host.GetAsync("/api/v1/parse_query?query=" + query);
        status.ShouldBe(200);
        body.Split("parenExpr").Length.ShouldBe(201);
    }

    [Fact]
    public async Task StableSyntax_RefusesExperimentalFunctions()
    {
        await using ApiHost host = await ApiHost.StartAsync(
            new ReadApiOptions { Syntax = ParserOptions.Default with { ExperimentalFunctions = false } }, engine: new EngineOptions { ExperimentalFunctions = false });

        (await host.GetErrorAsync("/api/v1/query?query=sort_by_label(up, \"a\")", 400)).Message.ShouldEndWith("function \"sort_by_label\" is not enabled");
        (await host.GetErrorAsync("/api/v1/format_query?query=sort_by_label(up, \"a\")", 400)).Message.ShouldEndWith("function \"sort_by_label\" is not enabled");
        (await host.GetDataAsync("/api/v1/features")).ShouldContain("\"experimental_functions\":false");
    }

    [Fact]
    public async Task Trace_IsBesideTheData()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(9_999_000, 1));

        string body = (await _host.GetAsync("/api/v1/query?query=sum(up)&trace=1")).Body;
        using JsonDocument document = JsonDocument.Parse(body);
        JsonElement trace = document.RootElement.GetProperty("trace");
        trace.GetProperty("operation").GetString().ShouldNotBeNullOrEmpty();
        trace.GetProperty("series").GetInt64().ShouldBe(1);
        document.RootElement.GetProperty("data").TryGetProperty("trace", out _).ShouldBeFalse();
    }
}
