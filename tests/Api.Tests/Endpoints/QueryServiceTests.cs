using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Storage;

namespace RemoteStore.Api.Tests.Endpoints;

/// <summary>What the API makes of what a query service gives, and what it asks of it.</summary>
public sealed class QueryServiceTests
{
    private static readonly QueryStatistics s_statistics = new(0, 0, 0, 0, 0, [], TimeSpan.Zero, TimeSpan.Zero);

    [Theory]
    [InlineData(QueryErrorKind.BadQuery, 400, "bad_data")]
    [InlineData(QueryErrorKind.Execution, 422, "execution")]
    [InlineData(QueryErrorKind.Limit, 422, "execution")]
    [InlineData(QueryErrorKind.Timeout, 503, "timeout")]
    [InlineData(QueryErrorKind.Canceled, 499, "canceled")]
    [InlineData(QueryErrorKind.Storage, 500, "internal")]
    public async Task Failure_HasTheStatusOfItsKind(QueryErrorKind kind, int status, string type)
    {
        var service = new ScriptedService(_ => throw new QueryException(kind, "because"));
        await using ApiHost host = await ApiHost.StartAsync(queries: service);

        (await host.GetErrorAsync("/api/v1/query?query=up", status)).Type.ShouldBe(type);
        (await host.GetErrorAsync("/api/v1/query_range?query=up&start=1&end=2&step=1", status)).Message.ShouldContain("because");
    }

    [Fact]
    public async Task StoreStarting_Is503()
    {
        await using ApiHost host = await ApiHost.StartAsync(queries: new ScriptedService(static _ => throw new StorageUnavailableException("starting")));

        (await host.GetAsync("/api/v1/query?query=up")).ShouldBe((503, "Service Unavailable"));
    }

    [Fact]
    public async Task Call_CarriesWhoAsksAndHow()
    {
        var service = new ScriptedService(static _ => Vector([]));
        await using ApiHost host = await ApiHost.StartAsync(queries: service);
        host.Client.DefaultRequestHeaders.Add("X-Dashboard-UID", "d1");
        host.Client.DefaultRequestHeaders.Add("X-Panel-Id", "7");
        host.Client.DefaultRequestHeaders.UserAgent.ParseAdd("Grafana/12");

        await host.GetDataAsync("/api/v1/query_range?query=up&start=1.5&end=61.5&step=15s&timeout=3s&lookback_delta=2m&max_source_resolution=auto&stats=all&trace=1&nocache=1");

        QueryCall call = service.Calls.Single();
        call.Tenant.ShouldBe(TenantId.Anonymous);
        call.Request.ShouldBe(new QueryRequest("up", 1500, 61_500, 15_000)
        {
            LookbackDelta = TimeSpan.FromMinutes(2),
            MaxSourceResolution = SourceResolution.Auto,
            StatisticsPerStep = true,
            Trace = true,
        });
        call.Origin.ShouldBe(new QueryOrigin("d1", "7", "Grafana/12", "127.0.0.1"));
        call.Timeout.ShouldBe(TimeSpan.FromSeconds(3));
        call.UseCache.ShouldBeFalse();
    }

    [Fact]
    public async Task Annotations_AreAtMostTenOfEachKind()
    {
        QueryResult result = Vector([]) with
        {
            Warnings = [.. Enumerable.Range(0, 12).Select(static i => $"w{i}")],
            Infos = [.. Enumerable.Range(0, 12).Select(static i => $"i{i}")],
        };
        await using ApiHost host = await ApiHost.StartAsync(queries: new ScriptedService(_ => result));

        string body = (await host.GetAsync("/api/v1/query?query=up")).Body;

        body.ShouldEndWith(
            ""","warnings":["w0","w1","w2","w3","w4","w5","w6","w7","w8","w9"],"infos":["i0","i1","i2","i3","i4","i5","i6","i7","i8","i9"]}""");
    }

    [Fact]
    public async Task StepStatistics_AreTimesAndCounts()
    {
        QueryResult result = Vector([]) with { Statistics = s_statistics with { TotalQueryableSamples = 7, TotalQueryableSamplesPerStep = [3, 4] } };
        await using ApiHost host = await ApiHost.StartAsync(queries: new ScriptedService(_ => result));

        (await host.GetDataAsync("/api/v1/query_range?query=up&start=1&end=2.5&step=1.5&stats=all")).ShouldContain(
            """samples":{"totalQueryableSamplesPerStep":[[1,3],[2.500,4]],"totalQueryableSamples":7,"samplesRead":0,"peakSamples":0}""");
    }

    [Fact]
    public async Task LargeAnswer_ArrivesWholeInPieces()
    {
        const int Points = 20_000;
        long[] times = [.. Enumerable.Range(0, Points).Select(static i => i * 1000L)];
        double[] values = [.. Enumerable.Range(0, Points).Select(static i => i / 7d)];
        var series = new ResultSeries(LabelSet.From("a", "b"), times, values, null);
        await using ApiHost host = await ApiHost.StartAsync(queries: new ScriptedService(_ => Vector([series, series with { Labels = LabelSet.From("a", "c") }]) with { Type = ExprType.Matrix }));

        using HttpResponseMessage response = await host.Client.GetAsync(new Uri("/api/v1/query?query=up", UriKind.Relative));
        string body = await response.Content.ReadAsStringAsync();

        response.Headers.TransferEncodingChunked.ShouldBe(true);
        using var document = System.Text.Json.JsonDocument.Parse(body);
        System.Text.Json.JsonElement found = document.RootElement.GetProperty("data").GetProperty("result");
        found.GetArrayLength().ShouldBe(2);
        found[1].GetProperty("values").GetArrayLength().ShouldBe(Points);
        double.Parse(found[1].GetProperty("values")[Points - 1][1].GetString()!, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(values[^1]);
    }

    private static QueryResult Vector(IReadOnlyList<ResultSeries> series) => new(ExprType.Vector, series, null, 0, [], [], s_statistics);

    private sealed class ScriptedService(Func<QueryCall, QueryResult> answer) : IQueryService
    {
        public List<QueryCall> Calls { get; } = [];

        public ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken)
        {
            Calls.Add(call);
            return ValueTask.FromResult(answer(call));
        }
    }
}
