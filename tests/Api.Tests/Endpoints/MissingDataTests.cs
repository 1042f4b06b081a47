using System.Text.Json;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Api.Tests.Endpoints;

/// <summary>A store of which one block cannot be read: an answer is an error that names the gap, or says what it lacks.</summary>
public sealed class MissingDataTests : IAsyncLifetime
{
    private const string Gap = "no data of block 01J from 1970-01-01T00:16:40.000Z to 1970-01-01T00:33:20.000Z: the disk is gone";

    private ApiHost _host = null!;

    public static TheoryData<string> Paths =>
    [
        "/api/v1/query?query=up&time=10",
        "/api/v1/query_range?query=up&start=5&end=15&step=5",
        "/api/v1/series?match[]=up",
        "/api/v1/labels?match[]=up",
        "/api/v1/label/job/values",
    ];

    public async Task InitializeAsync()
    {
        _host = await ApiHost.StartAsync(view: static store => new GappedStore(store));
        await _host.StoreAsync(new RequestSeries("__name__", "up", "job", "a").Sample(9_000, 1));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Request_ThatWouldLackSamples_FailsAndNamesThem(string path)
    {
        (string type, string message) = await _host.GetErrorAsync(path, 500);
        type.ShouldBe("internal");
        message.ShouldContain(Gap);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Request_ThatAllowsForGaps_SaysWhatItLacks(string path)
    {
        (int status, string body) = await _host.GetAsync(path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "partial_response=1");
        status.ShouldBe(200, body);
        using JsonDocument document = JsonDocument.Parse(body);
        document.RootElement.GetProperty("warnings").EnumerateArray().Select(static warning => warning.GetString()).ShouldBe([Gap]);
        document.RootElement.GetProperty("data").GetRawText().ShouldContain("a");
    }

    private sealed class GappedStore(InMemoryStore inner) : IPartialQueryable
    {
        private static readonly MissingData s_gap = new(new QueryRange(1_000_000, 2_000_000), "block 01J", "the disk is gone");

        public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
            OpenQuerierAsync(tenant, range, [], cancellationToken);

        public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, IReadOnlyList<MissingData> without, CancellationToken cancellationToken) =>
            without.Any(s_gap.IsSameGap) ? ((IQueryable)inner).OpenQuerierAsync(tenant, range, cancellationToken) : throw new MissingDataException([s_gap]);
    }
}
