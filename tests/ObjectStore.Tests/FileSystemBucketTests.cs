using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.ObjectStore.Tests;

public sealed class FileSystemBucketTests : BucketContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-bucket-").FullName;

    public override Task DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Open_AfterAnUnfinishedWrite_ForgetsIt()
    {
        await Bucket.WriteAsync("kept", new MemoryContent("x"u8.ToArray()), WriteMode.Replace, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_directory, "being written", "7"), "half");
        var reopened = new FileSystemBucket(LocalFileSystem.Instance, _directory);
        Directory.GetFiles(_directory, "*", SearchOption.AllDirectories).ShouldBe([Path.Combine(_directory, "kept")]);
        (await reopened.ReadAllAsync("kept", 10, CancellationToken.None)).ShouldBe("x"u8.ToArray());
    }

    [Fact]
    public async Task Write_OfContentThatIsShorterThanItSaid_LeavesNothing()
    {
        await Should.ThrowAsync<BucketException>(async () => await Bucket.WriteAsync("a", new ShortContent(), WriteMode.Replace, CancellationToken.None));
        (await Bucket.StatAsync("a", CancellationToken.None)).ShouldBeNull();
        Directory.GetFiles(_directory, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Write_IntoItsOwnFolder_IsRefused() =>
        await Should.ThrowAsync<ArgumentException>(async () =>
            await Bucket.WriteAsync("being written/x", new MemoryContent(new byte[1]), WriteMode.Replace, CancellationToken.None));

    protected override Task<IBucket> OpenAsync() => Task.FromResult<IBucket>(new FileSystemBucket(LocalFileSystem.Instance, _directory));

    private sealed class ShortContent : IObjectContent
    {
        public long LengthBytes => 10;

        public Stream Open() => new MemoryStream(new byte[9]);
    }
}
