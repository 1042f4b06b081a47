using System.Net;
using System.Text.Json;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Api.Tests.Endpoints;

/// <summary>A store that finds out, as it is read, that a block is damaged, and is without it from then on: answers come, and say what they lack.</summary>
public sealed class SetAsideDataTests : IAsyncLifetime
{
    private const string Gap = "no data of block 01J from 1970-01-01T00:16:40.000Z to 1970-01-01T00:33:20.000Z: \"rotten\"";

    private ApiHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await ApiHost.StartAsync(view: static store => new DamagedStore(store));
        await _host.StoreAsync(new RequestSeries("__name__", "up", "job", "a").Sample(9_999_000, 1));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/query?query=up&time=10000", "\"job\"")]
    [InlineData("/api/v1/query_range?query=up&start=9995&end=10000&step=5", "\"job\"")]
    [InlineData("/api/v1/series?match[]=up", "\"job\"")]
    [InlineData("/api/v1/labels?match[]=up", "\"job\"")]
    [InlineData("/api/v1/label/job/values", "\"a\"")]
    public async Task Request_HasWhatIsThereAndAWarning(string path, string expected)
    {
        for (int i = 0; i < 2; i++)
        {
            (int status, string body) = await _host.GetAsync(path);
            status.ShouldBe(200, body);
            using JsonDocument document = JsonDocument.Parse(body);
            document.RootElement.GetProperty("warnings").EnumerateArray().Select(static warning => warning.GetString()).ShouldBe([Gap]);
            document.RootElement.GetProperty("data").GetRawText().ShouldContain(expected);
        }
    }

    [Fact]
    public async Task Federation_HasWhatIsThereAndAWarningHeader()
    {
        using HttpResponseMessage answer = await _host.Client.GetAsync(new Uri("/federate?match[]=up", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("up{job=\"a\"");
        CheckHeader(answer);
    }

    [Fact]
    public async Task RemoteRead_HasWhatIsThereAndAWarningHeader()
    {
        using var body = new ByteArrayContent(RemoteWriteEncoder.Compress(RemoteReadQuery.Encode(0, 10_000_000, [("__name__", "=", "up")])));

        using HttpResponseMessage answer = await _host.Client.PostAsync(new Uri("/api/v1/read", UriKind.Relative), body);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldNotBeEmpty();
        CheckHeader(answer);
    }

    private static void CheckHeader(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Warning").ShouldHaveSingleItem().ShouldBe($"299 remotestore \"{Gap.Replace("\"", "\\\"", StringComparison.Ordinal)}\"");

    private sealed class DamagedStore(IQueryable inner) : IQueryable
    {
        private static readonly MissingData s_gap = new(new QueryRange(1_000_000, 2_000_000), "block 01J", "\"rotten\"");
        private bool _isSetAside;

        public async ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken)
        {
            if (!_isSetAside)
            {
                _isSetAside = true;
                throw new MissingDataException([s_gap]) { IsSetAside = true };
            }

            return new View(await inner.OpenQuerierAsync(tenant, range, cancellationToken), s_gap);
        }
    }

    private sealed class View(IQuerier inner, MissingData gap) : IQuerier
    {
        public IReadOnlyList<MissingData> Missing => [gap];

        public ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
            inner.SelectAsync(sorted, hints, matchers, cancellationToken);

        public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.SelectSeriesAsync(matchers, limit, cancellationToken);

        public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.LabelNamesAsync(matchers, limit, cancellationToken);

        public ValueTask<LimitedList<string>> LabelValuesAsync(string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.LabelValuesAsync(name, matchers, limit, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
