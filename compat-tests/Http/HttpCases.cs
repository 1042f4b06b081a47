namespace RemoteStore.CompatTests.Http;

/// <summary>
/// The requests of <see cref="HttpDifferenceTests"/>. No range begins on a sample: ranges are open on the left since 3.0.0 (#13904).
/// </summary>
internal sealed class HttpCases(HttpData data)
{
    private const string MinTime = "-292273086-05-16T16%3A47%3A06Z";
    private const string MaxTime = "292277025-08-18T07%3A12%3A54.999999999Z";
    private const string Limits = "2.51.0: [FEATURE] API: add limit param to series, label-names and label-values APIs. #13396";
    private const string QueryLimits = "3.2.0: [ENHANCEMENT] web/api: Add a limit parameter to /query and /query_range. #15552";
    private const string Utf8 = "3.0.0: [CHANGE] UTF-8: Enable UTF-8 support by default. #14705";

    private string Window => $"start={data.At(20)}&end={data.At(10)}";

    /// <summary>All of them.</summary>
    public IEnumerable<HttpCase> All() =>
        [.. Queries(), .. RangeQueries(), .. Discovery(), .. Exemplars(), .. Pages(), .. Methods(), .. Others()];

    private static IEnumerable<HttpCase> GetAndPost(string path, params string[] parameters) =>
        parameters.SelectMany(p => (HttpCase[])[new("GET", path, p), new("POST", path, p)]);

    private static IEnumerable<HttpCase> Get(string path, params string[] parameters) => parameters.Select(p => new HttpCase("GET", path, p));

    private IEnumerable<HttpCase> Queries() =>
    [
        .. GetAndPost(
            "api/v1/query",
            $"query=up&time={data.At(5)}",
            $"query=up&time={data.At(5)}.123",
            $"query=up&time={data.At(5)}.123456",
            "query=up&time=2020-01-02T03%3A04%3A05Z",
            "query=up&time=2020-01-02T03%3A04%3A05.678%2B01%3A00",
            "query=vector(1)&time=1e3",
            "query=1%2B1&time=4",
            "query=%22text%22&time=4",
            $"query=up%5B1m%5D&time={data.At(5)}.5",
            $"query=extremes&time={data.At(5)}",
            $"query=temperature&time={data.At(5)}",
            $"query=sum+by+(job)+(up)&time={data.At(5)}&timeout=5s",
            $"query=sum+by+(job)+(up)&time={data.At(5)}&timeout=2.5",
            $"query=nothing&time={data.At(5)}",
            $"query=up+and+on()+nothing&time={data.At(5)}",
            $"query=up*on(job)up&time={data.At(5)}",
            $"query=histogram_quantile(0.9,up)&time={data.At(5)}",
            "",
            "query=",
            "query=up%7B",
            "query=rate(up)",
            "query=nofunction(up)",
            "query=up+offset",
            "query=up&time=yesterday",
            "query=up&timeout=soon",
            "query=up%7Bjob%3D~%22(%22%7D"),
        new("GET", "api/v1/query", "query=up&limit=-1") { Changelog = QueryLimits, Status = 400 },
        new("GET", "api/v1/query", "query=up&limit=x") { Changelog = QueryLimits, Status = 400 },
        new("GET", "api/v1/query", "query=up&limit=1") { Changelog = QueryLimits, Status = 200 },
    ];

    private IEnumerable<HttpCase> RangeQueries() =>
    [
        .. GetAndPost(
            "api/v1/query_range",
            $"query=up&{Window}&step=60",
            $"query=up&{Window}&step=1m",
            $"query=up&{Window}&step=7.5",
            $"query=extremes&{Window}&step=120",
            $"query=max_over_time(requests_total%5B2m%5D)&{Window}&step=30s",
            $"query=1&{Window}&step=300",
            $"query=time()&{Window}&step=300",
            $"query=nothing&{Window}&step=60",
            $"query=up&start={data.At(10)}&end={data.At(10)}&step=1",
            $"query=up&start={data.At(10)}&end={data.At(20)}&step=60",
            $"query=up&{Window}&step=0",
            $"query=up&{Window}&step=-1",
            $"query=up&{Window}&step=x",
            $"query=up&{Window}",
            $"query=up&{Window}&step=0.01",
            $"query=up&start={data.At(20)}&step=60",
            $"query=up&end={data.At(20)}&step=60",
            $"query=up&start=x&end={data.At(20)}&step=60",
            $"query=up%5B1m%5D&{Window}&step=60",
            $"query=%22text%22&{Window}&step=60",
            $"query=up%7B&{Window}&step=60",
            $"{Window}&step=60",
            $"query=up&{Window}&step=60&timeout=x"),
        new("GET", "api/v1/query_range", $"query=up&{Window}&step=60&limit=-1") { Changelog = QueryLimits, Status = 400 },
    ];

    private IEnumerable<HttpCase> Discovery() =>
    [
        .. GetAndPost(
            "api/v1/series",
            "match%5B%5D=up",
            $"match%5B%5D=up&{Window}",
            "match%5B%5D=up&match%5B%5D=extremes%7Bkind%3D%22inf%22%7D",
            "match%5B%5D=%7Bjob%3D~%22a.%2B%22%7D",
            "match%5B%5D=nothing",
            "match%5B%5D=up&start=1000&end=2000",
            $"match%5B%5D=up&start={MinTime}&end={MaxTime}",
            "",
            "match%5B%5D=",
            "match%5B%5D=%7B%7D",
            "match%5B%5D=%7Bjob%3D%22%22%7D",
            "match%5B%5D=up%7B",
            "match%5B%5D=up%5B1m%5D",
            "match%5B%5D=sum(up)",
            "match%5B%5D=up&start=x",
            "match%5B%5D=up&end=x"),
        new("GET", "api/v1/series", "match%5B%5D=up&limit=-1") { Changelog = Limits, Status = 400 },
        new("GET", "api/v1/series", "match%5B%5D=up&limit=1") { Changelog = Limits, Status = 200 },
        .. GetAndPost(
            "api/v1/labels", "", Window, "match%5B%5D=up", "match%5B%5D=up&match%5B%5D=temperature", "match%5B%5D=nothing", "match%5B%5D=up%7B", "start=x", "end=x"),
        new("GET", "api/v1/labels", "limit=-1") { Changelog = Limits, Status = 400 },
        .. Get("api/v1/label/job/values", "", Window, "match%5B%5D=up%7Bjob%3D%22web%22%7D", "match%5B%5D=nothing", "match%5B%5D=up%7B", "start=x", "start=5&end=4"),
        .. Get("api/v1/label/__name__/values", "", "match%5B%5D=%7Bjob%3D%22api%22%7D"),
        .. Get("api/v1/label/zone/values", ""),
        .. Get("api/v1/label/nothing/values", ""),
        new("GET", "api/v1/label/job/values", "limit=x") { Changelog = Limits, Status = 400 },
        new("GET", "api/v1/label/not-legacy/values", "") { Changelog = Utf8, Status = 200 },
        new("GET", "api/v1/label/%C3%BC/values", "") { Changelog = Utf8, Status = 200 },
    ];

    private IEnumerable<HttpCase> Exemplars() => GetAndPost(
        "api/v1/query_exemplars",
        $"query=requests_total&{Window}",
        $"query=rate(requests_total%5B5m%5D)&{Window}",
        $"query=test&start={data.At(60)}000&end={data.At(0)}000",
        $"query=1&{Window}",
        $"query=up%7B&{Window}",
        $"query=up&start={data.At(10)}&end={data.At(20)}",
        "query=up&start=x",
        "query=up&end=x");

    private static IEnumerable<HttpCase> Pages() =>
    [
        .. Get("api/v1/metadata", "", "metric=up", "limit=1", "limit=0", "limit=-1", "limit=x"),
        .. Get("api/v1/targets/metadata", "", "metric=up", "limit=1"),
        .. Get("api/v1/rules", "", "type=alert", "type=record", "type=x"),
        .. Get("api/v1/alerts", ""),
        .. Get("api/v1/alertmanagers", ""),
        .. GetAndPost("api/v1/format_query", "query=sum(up)by(job)", "query=1%2B+++2", "query=up%7B", ""),
        new("GET", "api/v1/targets", "") { ShapeOnly = true },
        new("GET", "api/v1/status/buildinfo", "") { ShapeOnly = true },
        new("GET", "api/v1/status/config", "") { ShapeOnly = true },
        new("GET", "api/v1/status/tsdb", "") { ShapeOnly = true },
        new("GET", "api/v1/status/walreplay", "") { ShapeOnly = true },
    ];

    private static IEnumerable<HttpCase> Methods() =>
    [
        new("OPTIONS", "api/v1/query", ""),
        new("OPTIONS", "api/v1/label/job/values", ""),
        new("OPTIONS", "api/v1/nothing", ""),
        new("DELETE", "api/v1/query", "query=up"),
        new("PUT", "api/v1/query_range", ""),
        new("POST", "api/v1/label/job/values", ""),
        new("POST", "api/v1/metadata", ""),
        new("POST", "api/v1/rules", ""),
        new("GET", "api/v1/read", ""),
        new("GET", "api/v1/write", ""),
        new("GET", "api/v1/nothing", ""),
        new("GET", "api/v1", ""),
        new("GET", "api/v2/query", "query=up"),
    ];

    private static IEnumerable<HttpCase> Others() =>
    [
        new("GET", "-/healthy", "") { ShapeOnly = true },
        new("HEAD", "-/healthy", "") { ShapeOnly = true },
        new("GET", "-/ready", "") { ShapeOnly = true },
        new("HEAD", "-/ready", "") { ShapeOnly = true },
        new("POST", "api/v1/read", ""),
        new("POST", "api/v1/write", ""),
        .. Get("federate", "match%5B%5D=up", "match%5B%5D=temperature", "match%5B%5D=nothing", "match%5B%5D=up%7B", ""),
    ];
}
