using System.Net;
using System.Text.Json;
using RemoteStore.BlockStore.Places;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Server.Options;
using RemoteStore.Server.Roles;
using RemoteStore.Server.Tests.Hosting;
using RemoteStore.Testing;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Roles;

/// <summary>Answers that lack what a damaged block had: they come, with what is intact, and never without saying so.</summary>
public sealed class DamagedBlockTests : IDisposable
{
    private const int Intact = 3;
    private const int Lost = 303; // more than nine days later: the compactor, which would find the damage, joins nothing

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;

    private string Data => Path.Combine(_directory, "data");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("query_range?query=sum(count_over_time(up[30d]))&start=2188910&end=2189910&step=100")]
    [InlineData("query?query=sum(count_over_time(up[30d]))&time=2188910")]
    public async Task Query_MeetsADamagedBlockInTheBucket_HasTheOthersAndAWarning(string query)
    {
        await UploadAsync();
        Damage(Lost, "chunks", 50);
        await using RunningServer server = await StartAsync();

        string first = await GetAsync(server, query);

        first.ShouldContain("\"720\""); // of 1440
        Warnings(first).ShouldHaveSingleItem().ShouldContain($"no data of block {BlockMaker.Id(Lost)} from 1970-01-26T06:00:00.000Z");
        Warnings(await GetAsync(server, query)).ShouldHaveSingleItem("asked again, kept or not");
        Warnings(await GetAsync(server, "query?query=up&time=21700")).ShouldBeEmpty("other times");
    }

    [Fact]
    public async Task Query_MeetsADamagedBlockInTheBucket_HasItSetAside()
    {
        await UploadAsync();
        Damage(Lost, "chunks", 50);
        await using RunningServer server = await StartAsync();
        string mark = Path.Combine(Data, "bucket", "anonymous", "marks", $"{BlockMaker.Id(Lost)}.broken.json");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));

        while (!File.Exists(mark))
        {
            Warnings(await GetAsync(server, "query?query=sum(count_over_time(up[30d]))&time=2188910&nocache=1")).ShouldHaveSingleItem();
            patience.Token.ThrowIfCancellationRequested();
        }

        File.ReadAllText(mark).ShouldContain("samples");
    }

    [Theory]
    [InlineData("series?match[]=up&start=21600&end=2189000")]
    [InlineData("labels?start=21600&end=2189000")]
    [InlineData("label/instance/values?start=21600&end=2189000")]
    public async Task List_MeetsADamagedBlockInTheBucket_HasTheOthersAndAWarning(string path)
    {
        await UploadAsync();
        Damage(Lost, "index", ^10); // of what every list reads
        await using RunningServer server = await StartAsync();

        string answer = await GetAsync(server, path);

        answer.ShouldContain(path.StartsWith("labels", StringComparison.Ordinal) ? "\"instance\"" : "\"host-1\"");
        Warnings(answer).ShouldHaveSingleItem().ShouldContain($"no data of block {BlockMaker.Id(Lost)}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RemoteRead_MeetsADamagedBlockInTheBucket_HasTheOthersAndAWarningHeader(bool chunks)
    {
        await UploadAsync();
        Damage(Lost, "chunks", 50);
        await using RunningServer server = await StartAsync();
        if (chunks)
        {
            _ = await GetAsync(server, "query?query=sum(count_over_time(up[30d]))&time=2188910"); // a stream that has begun can only be cut off; so damage that is known
        }

        using HttpResponseMessage answer = await ReadAsync(server, 21_600_000, 2_189_000_000, chunks);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("Warning").ShouldHaveSingleItem().ShouldStartWith($"299 remotestore \"no data of block {BlockMaker.Id(Lost)} from 1970-01-26T06:00:00.000Z");
        (await answer.Content.ReadAsByteArrayAsync()).ShouldNotBeEmpty();
        using HttpResponseMessage other = await ReadAsync(server, 21_600_000, 28_000_000, chunks);
        other.Headers.Contains("Warning").ShouldBeFalse();
    }

    [Fact]
    public async Task Query_MeetsADamagedLocalBlock_HasWhatIsIntactAndAWarning()
    {
        var options = new RemoteStoreOptions();
        await using RunningServer server = await RunningServer.StartAsync(
            options with
            {
                Storage = options.Storage with { DataDirectory = Data },
                ObjectStore = options.ObjectStore with { Backend = ObjectStoreBackend.Memory }, // what is local is nowhere else
            },
            RoleFactory.Create);
        await server.BecomeReadyAsync();
        long oldMs = TimeProvider.System.GetUtcNow().AddHours(-9).ToUnixTimeMilliseconds();
        await WriteAsync(server, oldMs);
        using HttpResponseMessage cut = await server.Client.PostAsync(new Uri("/api/v1/admin/flush?cut=ended", UriKind.Relative), null);
        cut.EnsureSuccessStatusCode();
        foreach (string block in Directory.GetDirectories(Path.Combine(Data, "blocks", "anonymous")))
        {
            Damage(Path.Combine(block, "chunks"), 50);
        }

        string time = ((oldMs + 1000) / 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string first = await GetAsync(server, $"query?query=up&time={time}");

        Warnings(first).ShouldHaveSingleItem().ShouldContain("it was damaged and is set aside");
        Warnings(await GetAsync(server, $"query?query=up&time={time}")).ShouldHaveSingleItem();
        string before = ((oldMs / 1000) - 60).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Warnings(await GetAsync(server, $"series?match[]=up&start={before}&end={time}")).ShouldHaveSingleItem();
    }

    private static IReadOnlyList<string> Warnings(string answer)
    {
        using JsonDocument json = JsonDocument.Parse(answer);
        json.RootElement.GetProperty("status").GetString().ShouldBe("success", answer);
        return json.RootElement.TryGetProperty("warnings", out JsonElement warnings) ? [.. warnings.EnumerateArray().Select(static one => one.GetString()!)] : [];
    }

    private void Damage(int block, string file, System.Index at) => Damage(Path.Combine(Data, "bucket", "anonymous", BlockMaker.Id(block).ToString(), file), at);

    private static void Damage(string file, System.Index at)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[at] ^= 4;
        File.WriteAllBytes(file, bytes);
    }

    private static async Task WriteAsync(RunningServer server, long timestampMs)
    {
        RequestSeries[] series = [.. Enumerable.Range(0, 40).Select(i => new RequestSeries("__name__", "up", "i", i.ToString(System.Globalization.CultureInfo.InvariantCulture)).Sample(timestampMs, i * 1.7))];
        using var body = new ByteArrayContent(RemoteWriteEncoder.Compress(RemoteWriteEncoder.EncodeV1(series)));
        body.Headers.ContentType = new("application/x-protobuf");
        body.Headers.ContentEncoding.Add("snappy");
        using HttpResponseMessage written = await server.Client.PostAsync(new Uri("/api/v1/write", UriKind.Relative), body);
        written.EnsureSuccessStatusCode();
    }

    private static async Task<HttpResponseMessage> ReadAsync(RunningServer server, long fromMs, long toMs, bool chunks)
    {
        byte[] request = [.. RemoteReadQuery.Encode(fromMs, toMs, [("__name__", "=", "up")]), .. chunks ? new byte[] { 16, 1 } : []]; // accepted_response_types: STREAMED_XOR_CHUNKS
        using var body = new ByteArrayContent(RemoteWriteEncoder.Compress(request));
        body.Headers.ContentType = new("application/x-protobuf");
        body.Headers.ContentEncoding.Add("snappy");
        return await server.Client.PostAsync(new Uri("/api/v1/read", UriKind.Relative), body);
    }

    private async Task UploadAsync()
    {
        var bucket = new FileSystemBucket(LocalFileSystem.Instance, Path.Combine(Data, "bucket"));
        var uploader = new BlockUploader(bucket, Failpoints.None);
        foreach (int block in (int[])[Intact, Lost])
        {
            _ = await uploader.UploadAsync(BlockMaker.Write(Path.Combine(_directory, "made"), block, tenant: TenantId.Anonymous), CancellationToken.None);
        }

        var index = new BlockStore.Indexing.BucketIndexStore(bucket, TimeProvider.System);
        _ = await index.UpdateAsync(TenantId.Anonymous, null, CancellationToken.None);
    }

    private async Task<RunningServer> StartAsync()
    {
        var options = new RemoteStoreOptions();
        RunningServer server = await RunningServer.StartAsync(
            options with { Storage = options.Storage with { DataDirectory = Data } }, RoleFactory.Create);
        await server.BecomeReadyAsync();
        return server;
    }

    private static async Task<string> GetAsync(RunningServer server, string path)
    {
        using HttpResponseMessage response = await server.Client.GetAsync(new Uri($"/api/v1/{path}", UriKind.Relative));
        return await response.Content.ReadAsStringAsync();
    }
}
