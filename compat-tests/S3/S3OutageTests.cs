using System.Globalization;
using System.Net;
using System.Text.Json;
using RemoteStore.CompatTests.Peers;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.CompatTests.S3;

/// <summary>
/// A server that goes on while its S3 is away: writes are taken, readiness stays, blocks wait on the disk, answers have what the disk has and say what they lack,
/// also through a <c>kill -9</c>; when S3 is back all is handed on and all is answered.
/// </summary>
public sealed class S3OutageTests(RadosGatewayFixture gateway) : IClassFixture<RadosGatewayFixture>, IDisposable
{
    private const int StepMs = 100;
    private const int SamplesPerRound = 30;
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-outage-").FullName;
    private readonly long _startMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 600_000;
    private int _written;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Server_WhileS3IsAway_TakesWrites_AndLosesNothing()
    {
        await using S3Proxy proxy = await S3Proxy.StartAsync(gateway.Endpoint);
        string bucket = await gateway.NewBucketAsync();
        ProxyFault weather = ProxyFault.Refuse;
        proxy.FaultOf = (_, _) => weather;

        // It starts without S3.
        ServerProcess server = await StartAsync(proxy, bucket);
        try
        {
            server.Log.ShouldContain("does not answer; writes are taken without it");
            await WriteAsync(server, cut: true);
            weather = ProxyFault.None;
            await UntilHandedOnAsync(server);
            (await StatusAsync(server)).GetProperty("createIsAtomic").GetBoolean().ShouldBeTrue("found out when S3 answered");
            await CheckAnswersAsync(server, whole: true);

            foreach (ProxyFault fault in (ProxyFault[])[ProxyFault.Refuse, ProxyFault.Unavailable])
            {
                weather = fault;
                await WriteAsync(server, cut: true);
                await Until.TrueAsync($"{fault}: uploads wait", s_patience, async () => (await StatusAsync(server)).GetProperty("uploads").GetProperty("failure").ValueKind == JsonValueKind.String, () => server.Log, s_none);
                (await MetricAsync(server, "remotestore_block_store_upload_queue_blocks")).ShouldBeGreaterThan(0);
                server.Log.ShouldContain("takes no uploads");
                await WriteAsync(server, cut: false);
                await CheckAnswersAsync(server, whole: false, knowsDeletions: fault == ProxyFault.Refuse); // later ones follow on a start without S3

                server.Kill9();
                (await server.WaitForExitAsync(s_patience, s_none)).ShouldBe(ServerProcess.KilledExitCode);
                await server.DisposeAsync();
                server = await StartAsync(proxy, bucket);
                await WriteAsync(server, cut: false);
                await CheckAnswersAsync(server, whole: false, knowsDeletions: false);
            }

            weather = ProxyFault.None;
            await WriteAsync(server, cut: true);
            await UntilHandedOnAsync(server);
            server.Log.ShouldContain("answers now; conditional writes are honoured");
            await CheckAnswersAsync(server, whole: true);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private Task<ServerProcess> StartAsync(S3Proxy proxy, string bucket) => ServerProcess.StartAsync(
        new ServerProcessOptions
        {
            DataDirectory = _directory,
            Arguments =
            [
                "--storage.object-store.backend=s3", $"--storage.object-store.s3.endpoint={proxy.Endpoint}", $"--storage.object-store.s3.bucket={bucket}",
                "--storage.object-store.prefix=env/test", "--storage.object-store.s3.tls=false", $"--storage.object-store.s3.access-key={RadosGateway.AccessKey}",
                $"--storage.object-store.s3.secret-key={RadosGateway.SecretKey}", "--storage.object-store.timeout=1s", "--storage.object-store.max-attempts=2",
                "--storage.block-range=1s", "--storage.out-of-order-window=0", "--storage.hot-period=0",
                "--storage.bucket-index.refresh-interval=1s", "--compactor.interval=1s",
            ],
        },
        s_none);

    /// <summary>Writes further samples, each acknowledged, and reads nothing.</summary>
    private async Task WriteAsync(ServerProcess server, bool cut)
    {
        var samples = new (long, long)[SamplesPerRound];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (TimeOf(_written + i), BitConverter.DoubleToInt64Bits(_written + i));
        }

        (await server.Client.WriteAsync(new RemoteWriteBody().Add([("__name__", "outage")], samples), s_none)).Status.ShouldBe(HttpStatusCode.NoContent);
        _written += samples.Length;
        if (cut)
        {
            _ = await server.Client.PostAsync("/api/v1/admin/flush?cut=ended", s_none);
        }

        (await server.Client.TryGetStatusAsync("-/ready", s_none)).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Asks for everything that was acknowledged: it is there to the last sample, or the answer says that it lacks some; what the disk has is always there.</summary>
    /// <param name="server">The server.</param>
    /// <param name="whole">True when nothing may be lacking.</param>
    /// <param name="knowsDeletions">False when the server has not been able to learn what is deleted since it started: then it may refuse to answer, for it must not show that.</param>
    private async Task CheckAnswersAsync(ServerProcess server, bool whole, bool knowsDeletions = true)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"{((_written + 10) * StepMs / 1000) + 1}s");
        string time = (TimeOf(_written) / 1000.0).ToString("R", CultureInfo.InvariantCulture);
        string all = $"/api/v1/query?query={Uri.EscapeDataString($"outage[{range}]")}&time={time}";
        (HttpStatusCode status, JsonElement answer) = await AskAsync(server, all);
        if (status == HttpStatusCode.ServiceUnavailable && !knowsDeletions)
        {
            return;
        }

        if (status == HttpStatusCode.OK && !answer.TryGetProperty("warnings", out _))
        {
            Times(answer).ShouldBe(Enumerable.Range(0, _written).Select(TimeOf));
        }
        else
        {
            whole.ShouldBeFalse(answer.ToString());
            status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity, HttpStatusCode.ServiceUnavailable);
        }

        (status, answer) = await AskAsync(server, all + "&partial_response=true");
        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        List<long> found = Times(answer);
        found.ShouldBeSubsetOf(Enumerable.Range(0, _written).Select(TimeOf));
        found.TakeLast(SamplesPerRound).ShouldBe(Enumerable.Range(_written - SamplesPerRound, SamplesPerRound).Select(TimeOf), "what was written last is on the disk");
        if (found.Count < _written)
        {
            whole.ShouldBeFalse(answer.ToString());
            answer.GetProperty("warnings").GetArrayLength().ShouldBeGreaterThan(0, "what is lacking is told of");
        }
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> AskAsync(ServerProcess server, string path)
    {
        using HttpResponseMessage response = await server.Client.Http.GetAsync(new Uri(path, UriKind.Relative), s_none);
        string text = await response.Content.ReadAsStringAsync(s_none);
        using var document = JsonDocument.Parse(text.StartsWith('{') ? text : JsonSerializer.Serialize(text));
        return (response.StatusCode, document.RootElement.Clone());
    }

    private static List<long> Times(JsonElement answer) =>
    [
        .. answer.GetProperty("data").GetProperty("result").EnumerateArray().SelectMany(static series => series.GetProperty("values").EnumerateArray())
            .Select(static sample => (long)Math.Round(sample[0].GetDouble() * 1000)),
    ];

    /// <summary>Waits until the bucket has all blocks, and the local disk none.</summary>
    private async Task UntilHandedOnAsync(ServerProcess server) => await Until.TrueAsync(
        "all blocks are handed on",
        s_patience,
        async () => (await MetricAsync(server, "remotestore_block_store_upload_queue_blocks")) == 0
            && (await StatusAsync(server)).GetProperty("uploads").GetProperty("failure").ValueKind == JsonValueKind.Null
            && !Directory.EnumerateFiles(Path.Combine(_directory, "blocks"), "meta.json", SearchOption.AllDirectories).Any(),
        () => server.Log,
        s_none);

    private static async Task<JsonElement> StatusAsync(ServerProcess server) => (await server.Client.GetJsonAsync("/api/v1/status/object_store", s_none)).GetProperty("data");

    private static async Task<double> MetricAsync(ServerProcess server, string name) => (await server.Client.GetMetricAsync(name, s_none)).Values.Single();

    private long TimeOf(int sample) => _startMs + ((long)sample * StepMs);
}
