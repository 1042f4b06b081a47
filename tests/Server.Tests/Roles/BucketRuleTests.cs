using RemoteStore.Blocks.Format.Writing;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Server.Options;
using RemoteStore.Server.Roles;
using RemoteStore.Server.Tests.Hosting;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Roles;

/// <summary>Rules over samples that only the bucket has.</summary>
public sealed class BucketRuleTests : IDisposable
{
    private const long HourMs = 3_600_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(1));

    public void Dispose()
    {
        _timeout.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Rules_RangesThatOnlyUploadedBlocksCover_RecordAndAlert()
    {
        // Three blocks, the newest an hour old: 2 h of a sample a minute each, values 1 to 360.
        long end = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / HourMs * HourMs - HourMs;
        for (int block = 0; block < 3; block++)
        {
            await UploadAsync(block, end - ((3 - block) * 2 * HourMs));
        }

        string rules = Path.Combine(_directory, "rules.yml");
        await File.WriteAllTextAsync(
            rules,
            """
            groups:
              - name: g
                interval: 50ms
                rules:
                  - {record: "max:9h", expr: "max_over_time(bucket_only[9h])"}
                  - {record: "count:9h", expr: "count_over_time(bucket_only[9h])"}
                  - {alert: Low, expr: "max_over_time(bucket_only[9h]) - min_over_time(bucket_only[9h]) == 359", labels: {severity: page}}
            """,
            _timeout.Token);
        var options = new RemoteStoreOptions();
        await using RunningServer server = await RunningServer.StartAsync(
            options with
            {
                Storage = options.Storage with { DataDirectory = Path.Combine(_directory, "data") },
                Ruler = options.Ruler with { Files = rules },
            },
            RoleFactory.Create);
        await server.BecomeReadyAsync();

        await UntilAsync(server, "query?query={__name__=~%22max:9h|count:9h%22}", "\"__name__\":\"max:9h\"", "\"__name__\":\"count:9h\"", "\"360\"");
        await UntilAsync(server, "query?query=ALERTS", "\"alertname\":\"Low\"", "\"alertstate\":\"firing\"", "\"severity\":\"page\"");
        Directory.Exists(Path.Combine(_directory, "data", "blocks", "anonymous")).ShouldBeFalse("nothing of it is local");
        string state = await GetAsync(server, "rules");
        state.ShouldNotContain("\"health\":\"err\"");
    }

    private async Task UploadAsync(int block, long startMs)
    {
        string directory = Path.Combine(_directory, "blocks", BlockMaker.Id(block).ToString());
        var options = new BlockWriterOptions
        {
            Id = BlockMaker.Id(block),
            Tenant = TenantId.Anonymous,
            Range = new(startMs, startMs + (2 * HourMs)),
            Sources = ["00000001"],
        };
        using (BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, directory, options))
        {
            var samples = new SampleBuffer();
            for (int minute = 0; minute < 120; minute++)
            {
                samples.Add(startMs + (minute * 60_000L), BitConverter.DoubleToInt64Bits((block * 120) + minute + 1));
            }

            writer.AddSeries(LabelSet.From("__name__", "bucket_only", "job", "a").Bytes.ToArray(), samples);
            _ = writer.Finish(_timeout.Token);
        }

        var bucket = new FileSystemBucket(LocalFileSystem.Instance, Path.Combine(_directory, "data", "bucket"));
        _ = await new BlockUploader(bucket, Failpoints.None).UploadAsync(directory, _timeout.Token);
    }

    /// <summary>Asks until the answer has all of some texts; groups are evaluated by the real clock.</summary>
    private async Task UntilAsync(RunningServer server, string path, params string[] texts)
    {
        string answer = "";
        while (!texts.All(text => answer.Contains(text, StringComparison.Ordinal)))
        {
            _timeout.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, _timeout.Token);
            answer = await GetAsync(server, path);
        }
    }

    private static Task<string> GetAsync(RunningServer server, string path) =>
        server.Client.GetStringAsync(new Uri($"/api/v1/{path}", UriKind.Relative));
}
