using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Publishing;
using RemoteStore.BlockStore.Reading;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Publishing;

public sealed class BlockPublisherTests : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _directory = Directory.CreateTempSubdirectory("blocks-").FullName;
    private readonly MemoryBucket _bucket = new(new FakeTimeProvider());
    private readonly string _block;

    public BlockPublisherTests() => _block = BlockMaker.Write(_directory, 1);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Publish_SoundBlock_IsInTheBucketByteByByte()
    {
        BlockMeta meta = await Publisher(_bucket).PublishAsync(_block, s_none);

        meta.Id.ShouldBe(BlockMaker.Id(1));
        await BlockReadBack.CheckAsync(_bucket, meta, s_none);
        (await Publisher(_bucket).PublishAsync(_block, s_none)).Id.ShouldBe(meta.Id, "it may be repeated");
    }

    [Theory]
    [InlineData("index")]
    [InlineData("chunks")]
    [InlineData("meta.json")]
    public async Task Publish_DamagedBlock_SendsNothing(string file)
    {
        string path = Path.Combine(_block, file);
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 3] ^= 4;
        await File.WriteAllBytesAsync(path, bytes);

        await Should.ThrowAsync<CorruptDataException>(async () => await Publisher(_bucket).PublishAsync(_block, s_none));

        (await _bucket.ListAsync("", s_none).CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("index")]
    [InlineData("chunks")]
    [InlineData("meta.json")]
    public async Task Publish_BucketGivesBackSomethingElse_IsNoBlock(string file)
    {
        await Should.ThrowAsync<CorruptDataException>(async () => await Publisher(new CorruptingBucket(_bucket, file)).PublishAsync(_block, s_none));

        (await _bucket.StatAsync(BucketLayout.File(BlockMaker.Tenant, BlockMaker.Id(1), BlockFile.Meta), s_none)).ShouldBeNull();
    }

    [Fact]
    public async Task Publish_DamagedBlock_IsToldByItsPath()
    {
        await File.WriteAllBytesAsync(Path.Combine(_block, "index"), [1, 2, 3]);

        (await Should.ThrowAsync<CorruptDataException>(async () => await Publisher(_bucket).PublishAsync(_block, s_none))).File
            .ShouldBe(Path.Combine(_block, BucketLayout.NameOf(BlockFile.Index)));
    }

    private static BlockPublisher Publisher(IBucket bucket) => new(bucket, new BlockUploader(bucket, Failpoints.None));
}
