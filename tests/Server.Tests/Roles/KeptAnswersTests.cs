using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Server.Options;
using RemoteStore.Server.Roles;
using RemoteStore.Server.Tests.Hosting;
using RemoteStore.Storage.Deleting;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Roles;

/// <summary>Answers that the server keeps hold only as long as other processes leave the bucket as it is.</summary>
public sealed class KeptAnswersTests : IAsyncLifetime, IDisposable
{
    private const string Query = "query_range?query=sum(up)&start=21600&end=36000&step=60"; // blocks 3 and 4
    private const string InBlock3 = "[21660,";
    private const string InBlock4 = "[28860,";

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(1));
    private FileSystemBucket _bucket = null!;
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _bucket = new FileSystemBucket(LocalFileSystem.Instance, Path.Combine(_directory, "other", "bucket"));
        await UploadAsync(3);
        var options = new RemoteStoreOptions();
        TimeSpan soon = TimeSpan.FromMilliseconds(50);
        _server = await RunningServer.StartAsync(
            options with
            {
                Storage = options.Storage with { DataDirectory = Path.Combine(_directory, "data") },
                Blocks = options.Blocks with { IndexRefreshInterval = soon },
                Compactor = options.Compactor with { Interval = soon },
            },
            RoleFactory.Create);
        await _server.BecomeReadyAsync();
        await UntilAsync(static answer => answer.Contains(InBlock3, StringComparison.Ordinal));
        await UntilKeptAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _timeout.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task BlockIsAddedByAnotherProcess_AnswersHaveItOnceItIsListed_AndAreKeptAgain()
    {
        (await AskAsync()).ShouldNotContain(InBlock4);

        await UploadAsync(4);

        await UntilAsync(static answer => answer.Contains(InBlock4, StringComparison.Ordinal));
        (await AskAsync()).ShouldContain(InBlock3);
        await UntilKeptAsync();
        (await AskAsync()).ShouldContain(InBlock4);
    }

    [Fact]
    public async Task BlockIsMarkedByAnotherProcess_AnswersAreWithoutIt()
    {
        await new BlockMarker(_bucket, TimeProvider.System).MarkForDeletionAsync(TenantId.Anonymous, BlockMaker.Id(3), "past its retention", [], _timeout.Token);
        Appear();

        await UntilAsync(static answer => !answer.Contains(InBlock3, StringComparison.Ordinal));
    }

    [Fact]
    public async Task BlockIsSetAsideByAnotherProcess_AnswersSaySo()
    {
        await new BlockMarker(_bucket, TimeProvider.System).MarkBrokenAsync(
            TenantId.Anonymous, BlockMaker.Id(3), "flipped bits", new QueryRange(21_600_000, 28_800_000), _timeout.Token);
        Appear();

        await UntilAsync(static answer => answer.Contains("flipped bits", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SeriesAreDeletedByAnotherProcess_AnswersAreWithoutThem()
    {
        var job = new DeletionJob
        {
            Id = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            Tenant = TenantId.Anonymous,
            Selectors = [[new LabelMatcher(Model.Labels.MatchType.Equal, "__name__", "up")]],
            Range = new QueryRange(0, 30_000_000),
            CreatedAtMs = 1,
            State = DeletionState.Pending,
        };
        await new DeletionJobStore(_bucket).SaveAsync(job, _timeout.Token);
        Appear();

        await UntilAsync(static answer => !answer.Contains(InBlock3, StringComparison.Ordinal));
    }

    /// <summary>What another server does with a block that it has cut.</summary>
    private async Task UploadAsync(int number)
    {
        string block = BlockMaker.Write(Path.Combine(_directory, "made"), number, tenant: TenantId.Anonymous);
        BlockMeta meta = await new BlockUploader(_bucket, Failpoints.None).UploadAsync(block, _timeout.Token);
        meta.Id.ShouldBe(BlockMaker.Id(number));
        Appear();
    }

    /// <summary>Moves what was written to where the server looks: a directory, unlike other buckets, has one writer at a time.</summary>
    private void Appear()
    {
        string from = Path.Combine(_directory, "other", "bucket");
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).OrderBy(static file => Path.GetFileName(file) == "meta.json"))
        {
            string to = Path.Combine(_directory, "data", "bucket", Path.GetRelativePath(from, file));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Move(file, to);
        }
    }

    private async Task<string> AskAsync()
    {
        using HttpResponseMessage response = await _server.Client.GetAsync(new Uri($"/api/v1/{Query}", UriKind.Relative), _timeout.Token);
        return await response.Content.ReadAsStringAsync(_timeout.Token);
    }

    /// <summary>Asks until the answer is as it is to be; the loops of the server run by the real clock.</summary>
    private async Task UntilAsync(Predicate<string> holds)
    {
        while (!holds(await AskAsync()))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, _timeout.Token);
        }
    }

    /// <summary>Asks until an answer was a kept one.</summary>
    private async Task UntilKeptAsync()
    {
        long hits = await HitsAsync();
        while (await HitsAsync() == hits)
        {
            _ = await AskAsync();
        }
    }

    private async Task<long> HitsAsync()
    {
        const string Name = "remotestore_query_frontend_cache_lookups_total{outcome=\"hit\"} ";
        string metrics = await _server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), _timeout.Token);
        string line = metrics.Split('\n').Single(static line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line[Name.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
