using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.Wire;
using RemoteStore.Wire.RemoteRead;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Api.Tests.Endpoints;

/// <summary>Reads that cost more than they may are the request's fault: the answer says so, and names the option and its value.</summary>
public sealed class ReadLimitTests : IAsyncLifetime
{
    private const string Limit = "query reads more from object storage than its limit of 2000 bytes (store-gateway.max-query-bytes)";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync(view: static _ => new CostlyStore());

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(MissingDataTests.Paths), MemberType = typeof(MissingDataTests))]
    public async Task Request_ThatReadsTooMuch_IsRefusedWithTheLimit(string path)
    {
        (string type, string message) = await _host.GetErrorAsync(path, 422);

        type.ShouldBe("execution");
        message.ShouldContain(Limit);
    }

    [Fact]
    public async Task Federation_ThatReadsTooMuch_IsRefusedWithTheLimit()
    {
        (int status, string body) = await _host.GetAsync("/federate?match[]=up");

        (status, body).ShouldBe((422, Limit + "\n"));
    }

    [Fact]
    public async Task RemoteRead_ThatReadsTooMuch_IsRefusedWithTheLimit()
    {
        var request = new ReadRequest([new(new QueryRange(1, 2), [new LabelMatcher(MatchType.Equal, "__name__", "up")])], [ReadResponseType.Samples]);

        (int status, _, byte[] body) = await _host.PostAsync("/api/v1/read", SnappyBody.Compress(ReadRequestCodec.Encode(request)));

        (status, Encoding.UTF8.GetString(body)).ShouldBe((422, Limit));
    }

    private sealed class CostlyStore : IQueryable
    {
        public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) => throw new ReadLimitException(Limit);
    }
}
