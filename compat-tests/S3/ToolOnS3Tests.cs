using System.Text.RegularExpressions;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.CompatTests.Http;
using RemoteStore.CompatTests.Peers;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.S3;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing.Buckets;
using RemoteStore.Tool.Commands;
using Shouldly;
using Xunit;

namespace RemoteStore.CompatTests.S3;

/// <summary>The tool on a bucket of S3, named by the server's options: data comes in, is listed, checked, and goes out as it was.</summary>
public sealed class ToolOnS3Tests(RadosGatewayFixture gateway) : IClassFixture<RadosGatewayFixture>, IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-tool-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PeerFact("radosgw", "ceph-mon", "ceph-osd", "promtool")]
    public async Task Blocks_ImportedVerifiedAndExported_DumpTheSame()
    {
        string text = Path.Combine(_directory, "text");
        string source = Path.Combine(_directory, "source");
        string target = Path.Combine(_directory, "target");
        await File.WriteAllTextAsync(text, OpenMetrics());
        (await Promtool.RunAsync(["tsdb", "create-blocks-from", "openmetrics", text, source], s_none)).ExitCode.ShouldBe(0);
        string[] bucket = [.. Bucket(await gateway.NewBucketAsync()), "--storage.object-store.prefix=env/prod"];

        (await RunAsync(["block", "import", source, .. bucket])).ShouldBe(0, Said);
        (await RunAsync(["block", "import", source, .. bucket])).ShouldBe(0, Said);
        Said.ShouldContain("0 blocks with 0 samples imported for tenant anonymous");
        (await RunAsync(["block", "ls", .. bucket])).ShouldBe(0, Said);
        Regex.Match(Said, "^([0-9]+) blocks, ", RegexOptions.Multiline).Groups[1].Value.ShouldBe("3");
        (await RunAsync(["block", "inspect", .. bucket])).ShouldBe(0, Said);
        (await RunAsync(["block", "verify", .. bucket])).ShouldBe(0, Said);
        Said.ShouldContain("3 blocks read, 0 damaged");
        (await RunAsync(["block", "dump", .. bucket, "--match", "up{instance=\"host-1\"}"])).ShouldBe(0, Said);
        (await RunAsync(["block", "export", target, .. bucket])).ShouldBe(0, Said);

        string dump = await DumpAsync(source);
        dump.Split('\n').Length.ShouldBeGreaterThan(1000);
        (await DumpAsync(target)).ShouldBe(dump);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task OpenMetrics_ImportedTwice_IsThereOnce()
    {
        string text = Path.Combine(_directory, "text");
        await File.WriteAllTextAsync(text, OpenMetrics());
        string[] bucket = Bucket(await gateway.NewBucketAsync());
        (await RunAsync(["import", "openmetrics", text, .. bucket, "--tenant", "team-a"])).ShouldBe(0, Said);
        (await RunAsync(["import", "openmetrics", text, .. bucket, "--tenant", "team-a"])).ShouldBe(0, Said);
        Said.ShouldContain("0 blocks with 0 samples imported for tenant team-a, 1 blocks were there");
        (await RunAsync(["block", "verify", .. bucket])).ShouldBe(0, Said);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Verify_OfAChangedByte_NamesIt()
    {
        string name = await gateway.NewBucketAsync();
        using var bucket = new S3Bucket(gateway.Options(name));
        BlockMeta meta = await new BlockUploader(bucket, Failpoints.None).UploadAsync(BlockMaker.Write(_directory, 1), s_none);
        (await RunAsync(["block", "verify", .. Bucket(name)])).ShouldBe(0, Said);
        Said.ShouldContain($"team-a/{meta.Id}: ok");

        string key = BucketLayout.File(meta.Tenant, meta.Id, BlockFile.Chunks);
        byte[] bytes = await bucket.ReadAllAsync(key, 1 << 20, s_none);
        bytes[bytes.Length / 3] ^= 1;
        await bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.Replace, s_none);

        (await RunAsync(["block", "verify", .. Bucket(name)])).ShouldBe(1, Said);
        Said.ShouldContain(key);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Anything_OnABucketThatCannotBeUsed_SaysWhy()
    {
        (await RunAsync(["block", "ls", .. Bucket("no-such-bucket")])).ShouldBe(1, Said);
        Said.ShouldContain("the bucket does not exist");
        (await RunAsync(["block", "ls", .. Bucket(await gateway.NewBucketAsync()), "--storage.object-store.s3.secret-key=wrong"])).ShouldBe(1, Said);
        Said.ShouldContain("access denied SignatureDoesNotMatch");
        (await RunAsync(["block", "import", _directory, .. Bucket("no-such-bucket")])).ShouldBe(1, Said);
        Said.ShouldNotContain("of-no-value");
    }

    private string Said => _output.ToString() + _errors;

    private async Task<int> RunAsync(string[] arguments)
    {
        _output.GetStringBuilder().Clear();
        _errors.GetStringBuilder().Clear();
        var around = new ToolSurroundings(
            _output, _errors, static variable => variable == "REMOTESTORE_STORAGE_OBJECT_STORE_S3_SECRET_KEY" ? RadosGateway.SecretKey : null);
        return await ToolCommands.Create(around).Parse(arguments).InvokeAsync(cancellationToken: s_none);
    }

    private string[] Bucket(string name) =>
    [
        "--storage.object-store.backend=s3", $"--storage.object-store.s3.endpoint={gateway.Endpoint}", $"--storage.object-store.s3.bucket={name}",
        "--storage.object-store.s3.tls=false", $"--storage.object-store.s3.access-key={RadosGateway.AccessKey}",
    ];

    private static string OpenMetrics()
    {
        var lines = new List<string> { "# TYPE up gauge" };
        for (int host = 0; host < 3; host++)
        {
            lines.AddRange(Enumerable.Range(0, 400).Select(i => FormattableString.Invariant($"up{{instance=\"host-{host}\"}} {i * 0.25 * (host + 1)} {1_700_006_400 + (i * 45)}")));
        }

        return string.Join('\n', lines) + "\n# EOF\n";
    }

    private static async Task<string> DumpAsync(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "wal")); // promtool asks for one
        (int exitCode, string output) = await Promtool.RunAsync(["tsdb", "dump", directory], s_none);
        exitCode.ShouldBe(0, output);
        return output;
    }
}
