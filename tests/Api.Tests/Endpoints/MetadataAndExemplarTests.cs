using RemoteStore.Model.Samples;
using RemoteStore.Testing;

namespace RemoteStore.Api.Tests.Endpoints;

public sealed class MetadataAndExemplarTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        await _host.StoreAsync(
            new RequestSeries("__name__", "up", "job", "a").Sample(1_000, 1).Exemplar(1_500, 0.25, "trace_id", "x").Exemplar(1_600, 2),
            new RequestSeries("__name__", "up", "job", "b").Sample(1_000, 1).Exemplar(9_000, 3, "trace_id", "y"));
        await _host.StoreAsync(
            new RequestSeries("__name__", "up") { Metadata = (MetricType.Gauge, "Whether it is up.", "") }.Sample(5, 1),
            new RequestSeries("__name__", "ops") { Metadata = (MetricType.GaugeHistogram, "h \"1\"", "seconds") }.Sample(5, 1),
            new RequestSeries("__name__", "ops") { Metadata = (MetricType.Unknown, "other", "") }.Sample(6, 1));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("", """{"ops":[{"type":"gaugehistogram","help":"h \"1\"","unit":"seconds"},{"type":"unknown","help":"other","unit":""}],"up":[{"type":"gauge","help":"Whether it is up.","unit":""}]}""")]
    [InlineData("?limit=1&limit_per_metric=1", """{"ops":[{"type":"gaugehistogram","help":"h \"1\"","unit":"seconds"}]}""")]
    [InlineData("?metric=up", """{"up":[{"type":"gauge","help":"Whether it is up.","unit":""}]}""")]
    [InlineData("?metric=nothing", "{}")]
    [InlineData("?limit=0", "{}")]
    public async Task Metadata_Parameters_Choose(string query, string expected) => (await _host.GetDataAsync("/api/v1/metadata" + query)).ShouldBe(expected);

    [Theory]
    [InlineData("limit")]
    [InlineData("limit_per_metric")]
    public async Task Metadata_BadNumber_IsBadData(string name) =>
        (await _host.GetErrorAsync($"/api/v1/metadata?{name}=x", 400)).ShouldBe(("bad_data", $"{name} must be a number"));

    [Fact]
    public async Task Exemplars_InRange_AreGroupedBySeries() =>
        (await _host.GetDataAsync("/api/v1/query_exemplars?query=up&start=1.5&end=1.6")).ShouldBe(
            """[{"seriesLabels":{"__name__":"up","job":"a"},"exemplars":[{"labels":{"trace_id":"x"},"value":"0.25","timestamp":1.500},{"labels":{},"value":"2","timestamp":1.600}]}]""");

    [Fact]
    public async Task Exemplars_PostForm_IsRead() =>
        (await _host.PostFormAsync("/api/v1/query_exemplars", ("query", "up{job=\"b\"}"))).Body.ShouldContain("\"timestamp\":9}");

    [Fact]
    public async Task Exemplars_MillisecondsForSeconds_SucceedWithoutResult() =>
        (await _host.GetDataAsync("/api/v1/query_exemplars?query=test&start=1785416892123&end=1785416992123000000000")).ShouldBe("[]");

    [Theory]
    [InlineData("1")]
    [InlineData("time()")]
    public async Task Exemplars_OfQueryWithoutSeries_AreNoContent(string query) =>
        (await _host.GetAsync("/api/v1/query_exemplars?query=" + query)).ShouldBe((204, ""));

    [Theory]
    [InlineData("query=up&start=2&end=1", "end timestamp must not be before start timestamp")]
    [InlineData("query=", "invalid parameter \"query\": unknown position: parse error: no expression found in input")]
    public async Task Exemplars_BadParameters_AreBadData(string query, string expected) =>
        (await _host.GetErrorAsync("/api/v1/query_exemplars?" + query, 400)).ShouldBe(("bad_data", expected));
}
