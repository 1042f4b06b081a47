using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Reading;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Uploading;

public sealed class BlockUploaderTests : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _directory = Directory.CreateTempSubdirectory("blocks-").FullName;
    private readonly MemoryBucket _bucket = new(new FakeTimeProvider());
    private readonly string _block;

    public BlockUploaderTests() => _block = BlockMaker.Write(_directory, 1);

    private static string MetaKey => BucketLayout.File(BlockMaker.Tenant, BlockMaker.Id(1), BlockFile.Meta);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Upload_PutsEveryFileThere_AsItWas()
    {
        BlockMeta meta = await new BlockUploader(_bucket, Failpoints.None).UploadAsync(_block, s_none);
        meta.Id.ShouldBe(BlockMaker.Id(1));
        foreach (string file in (string[])["meta.json", "index", "chunks"])
        {
            (await _bucket.ReadAllAsync($"team-a/{meta.Id}/{file}", 1 << 20, s_none)).ShouldBe(await File.ReadAllBytesAsync(Path.Combine(_block, file)), file);
        }
    }

    [Theory]
    [InlineData("upload.before", false)]
    [InlineData("upload.after-chunks", false)]
    [InlineData("upload.after-index", false)]
    [InlineData("upload.before-meta", false)]
    [InlineData("upload.after-meta", true)]
    public async Task Upload_StoppedAtAnyStep_IsNoBlockOrAWholeOne_AndCanBeRepeated(string step, bool isBlock)
    {
        var stopped = new BlockUploader(_bucket, Failpoints.With(step, static () => throw new OperationCanceledException("stopped")));
        _ = await Should.ThrowAsync<OperationCanceledException>(async () => await stopped.UploadAsync(_block, s_none));
        (await _bucket.StatAsync(MetaKey, s_none) is not null).ShouldBe(isBlock);
        await UploadAndCheckAsync(_bucket);
    }

    [Fact]
    public async Task Upload_AnyRequestFailsOnce_IsRepeated()
    {
        foreach (Fault fault in (Fault[])[Fault.Before, Fault.After, Fault.Permanent])
        {
            for (int failing = 1; ; failing++)
            {
                var bucket = new MemoryBucket(new FakeTimeProvider());
                int request = 0;
                var faulty = new FaultyBucket(bucket, _ => ++request == failing ? fault : Fault.None);
                try
                {
                    _ = await new BlockUploader(faulty, Failpoints.None).UploadAsync(_block, s_none);
                    break;
                }
                catch (BucketException)
                {
                    await UploadAndCheckAsync(bucket);
                }
            }
        }
    }

    [Fact]
    public async Task Upload_OfADamagedLocalBlock_SendsNothing()
    {
        foreach (string file in (string[])["chunks", "index"])
        {
            string path = Path.Combine(_block, file);
            byte[] bytes = await File.ReadAllBytesAsync(path);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
            CorruptDataException thrown = await Should.ThrowAsync<CorruptDataException>(
                async () => await new BlockUploader(_bucket, Failpoints.None).UploadAsync(_block, s_none));
            thrown.File.ShouldBe(path);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
        }

        (await _bucket.ListAsync("", s_none).CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Upload_BucketGivesBackSomethingElse_IsNoBlock()
    {
        var lying = new CorruptingBucket(_bucket, "chunks");
        CorruptDataException thrown = await Should.ThrowAsync<CorruptDataException>(
            async () => await new BlockUploader(lying, Failpoints.None).UploadAsync(_block, s_none));
        thrown.File.ShouldEndWith("/chunks");
        (await _bucket.StatAsync(MetaKey, s_none)).ShouldBeNull();
    }

    [Fact]
    public async Task Upload_DataLostBehindItsMeta_IsSentAgain()
    {
        await UploadAndCheckAsync(_bucket);
        await _bucket.DeleteAsync(BucketLayout.File(BlockMaker.Tenant, BlockMaker.Id(1), BlockFile.Index), s_none);
        await UploadAndCheckAsync(_bucket);
    }

    private async Task UploadAndCheckAsync(IBucket bucket)
    {
        BlockMeta meta = await new BlockUploader(bucket, Failpoints.None).UploadAsync(_block, s_none);
        await BlockReadBack.CheckAsync(bucket, meta, s_none);
        await using var source = new BucketBlockSource(bucket, meta.Tenant, meta.Id);
        BlockVerification verified = await BlockReader.VerifyAsync(source, null, s_none);
        verified.Damage.ShouldBeEmpty();
    }
}
