using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Reading;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.BlockStore.Tests.Reading;

/// <summary>A changed byte anywhere in a block of a bucket is named, and never served as data.</summary>
public sealed class DamagedBucketBlockTests : IAsyncLifetime
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _directory = Directory.CreateTempSubdirectory("blocks-").FullName;
    private readonly MemoryBucket _bucket = new(new FakeTimeProvider());
    private BlockMeta _meta = null!;
    private List<string> _sound = [];

    public async Task InitializeAsync()
    {
        _meta = await new BlockUploader(_bucket, Failpoints.None).UploadAsync(BlockMaker.Write(_directory, 1), s_none);
        _sound = await ReadAsync(_meta);
        _sound.Count.ShouldBe(3 * 240);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(BlockFile.Meta)]
    [InlineData(BlockFile.Index)]
    [InlineData(BlockFile.Chunks)]
    public async Task AnyByteChanged_IsNamedByVerification_AndNeverServed(BlockFile file)
    {
        string key = BucketLayout.File(_meta.Tenant, _meta.Id, file);
        byte[] bytes = await _bucket.ReadAllAsync(key, 1 << 20, s_none);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x10;
            await PutAsync(key, bytes);
            (await NamedAsync()).ShouldContain(key, customMessage: $"byte {i}");
            bool served = await TryReadAsync(file == BlockFile.Meta ? null : _meta);
            (served && file == BlockFile.Meta).ShouldBeFalse("what says what the block is was not read");
            bytes[i] ^= 0x10;
        }
    }

    [Theory]
    [InlineData(BlockFile.Index)]
    [InlineData(BlockFile.Chunks)]
    public async Task CutShort_IsNamed_AndNeverServed(BlockFile file)
    {
        string key = BucketLayout.File(_meta.Tenant, _meta.Id, file);
        byte[] bytes = await _bucket.ReadAllAsync(key, 1 << 20, s_none);
        for (int length = 0; length < bytes.Length; length += 7)
        {
            await PutAsync(key, bytes[..length]);
            (await NamedAsync()).ShouldContain(key, customMessage: $"{length} bytes");
            _ = await TryReadAsync(_meta);
        }
    }

    private async Task<string> NamedAsync()
    {
        await using var source = new BucketBlockSource(_bucket, _meta.Tenant, _meta.Id);
        try
        {
            BlockVerification verified = await BlockReader.VerifyAsync(source, null, s_none);
            return string.Join('\n', verified.Damage.Select(static damage => damage.ToString()));
        }
        catch (CorruptDataException e)
        {
            return e.Message;
        }
    }

    /// <summary>Queries the block; what it gives has to be what it was given.</summary>
    private async Task<bool> TryReadAsync(BlockMeta? meta)
    {
        try
        {
            (await ReadAsync(meta)).ShouldBe(_sound);
            return true;
        }
        catch (CorruptDataException)
        {
            return false;
        }
    }

    private async Task<List<string>> ReadAsync(BlockMeta? meta)
    {
        using var cache = new BlockSectionCache();
        using BlockReader reader = await BlockReader.OpenAsync(new BucketBlockSource(_bucket, _meta.Tenant, _meta.Id, meta), cache, s_none);
        await using IQuerier querier = reader.OpenQuerier(QueryRange.All);
        await using ISeriesSet set = await querier.SelectAsync(
            true, new SelectHints(QueryRange.All), [new LabelMatcher(MatchType.Equal, "__name__", "up")], s_none);
        var samples = new List<string>();
        while (await set.MoveNextAsync(s_none))
        {
            for (int series = 0; series < set.Current.Count; series++)
            {
                for (int i = 0; i < set.Current.Timestamps(series).Length; i++)
                {
                    samples.Add($"{set.Current.Labels(series)} {set.Current.Timestamps(series)[i]} {set.Current.ValueBits(series)[i]}");
                }
            }
        }

        return samples;
    }

    private ValueTask PutAsync(string key, byte[] bytes) => _bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.Replace, s_none);
}
