using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.ObjectStore.Tests;

public sealed class FileSystemBucketTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-bucket-").FullName;

    public FileSystemBucketTests() => Bucket = new FileSystemBucket(LocalFileSystem.Instance, _directory);

    public static TheoryData<string> Cases => [.. BucketContract.Cases.Keys];

    private FileSystemBucket Bucket { get; }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Contract_Holds(string name) => new BucketContract(Bucket).RunAsync(name);

    [Fact]
    public async Task Hold_ByOne_KeepsOthersOut_AndShowsInNoListing()
    {
        using (FileSystemBucket.Hold(_directory))
        {
            Should.Throw<IOException>(() => FileSystemBucket.Hold(_directory)).Message.ShouldContain(_directory);
            await Bucket.WriteAsync("a", new MemoryContent("x"u8.ToArray()), WriteMode.Replace, CancellationToken.None);
            (await Bucket.ListAsync("", CancellationToken.None).Select(static found => found.Key).ToListAsync()).ShouldBe(["a"]);
        }

        FileSystemBucket.Hold(_directory).Dispose();
    }

    [Fact]
    public async Task OpenToRead_WhileAnotherWrites_ReadsAndRefusesToWrite()
    {
        await Bucket.WriteAsync("a", new MemoryContent("x"u8.ToArray()), WriteMode.Replace, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_directory, "being written", "7"), "half");
        var reader = FileSystemBucket.OpenToRead(_directory);
        (await reader.ReadAllAsync("a", 10, CancellationToken.None)).ShouldBe("x"u8.ToArray());
        File.Exists(Path.Combine(_directory, "being written", "7")).ShouldBeTrue();
        await Should.ThrowAsync<InvalidOperationException>(async () => await reader.DeleteAsync("a", CancellationToken.None));
        await Should.ThrowAsync<InvalidOperationException>(async () =>
            await reader.WriteAsync("b", new MemoryContent(new byte[1]), WriteMode.Replace, CancellationToken.None));
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

    private sealed class ShortContent : IObjectContent
    {
        public long LengthBytes => 10;

        public Stream Open() => new MemoryStream(new byte[9]);
    }
}
