using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Reading;

/// <summary>
/// A block in a bucket. A read is one ranged request. With the meta known, from the bucket index, nothing else is asked: lengths are those that it says, and
/// <c>meta.json</c> itself comes from memory.
/// </summary>
public sealed class BucketBlockSource : IBlockSource
{
    private readonly IBucket _bucket;
    private readonly TenantId _tenant;
    private readonly BlockId _block;
    private readonly BlockMeta? _meta;
    private byte[]? _metaText;

    /// <summary>Names the block; nothing is asked yet.</summary>
    /// <param name="bucket">Where it is.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="block">Its name.</param>
    /// <param name="meta">What its <c>meta.json</c> says, if that is known.</param>
    public BucketBlockSource(IBucket bucket, TenantId tenant, BlockId block, BlockMeta? meta = null)
    {
        _bucket = bucket;
        _tenant = tenant;
        _block = block;
        _meta = meta;
        _metaText = meta is null ? null : BlockMetaText.Format(meta);
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(BlockFile file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (file == BlockFile.Meta)
        {
            byte[] text = await MetaAsync(cancellationToken).ConfigureAwait(false);
            int available = (int)Math.Clamp(text.Length - offset, 0, destination.Length);
            text.AsMemory((int)Math.Min(offset, text.Length), available).CopyTo(destination);
            CheckLength(file, offset, available, destination.Length);
            return;
        }

        if (!destination.IsEmpty)
        {
            int read = await _bucket.ReadAsync(KeyOf(file), offset, destination, cancellationToken).ConfigureAwait(false);
            CheckLength(file, offset, read, destination.Length);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> GetLengthAsync(BlockFile file, CancellationToken cancellationToken)
    {
        if (file == BlockFile.Meta)
        {
            return (await MetaAsync(cancellationToken).ConfigureAwait(false)).Length;
        }

        if (_meta?.Files.FirstOrDefault(info => info.File == file) is { } known)
        {
            return known.SizeBytes;
        }

        ObjectAttributes? found = await _bucket.StatAsync(KeyOf(file), cancellationToken).ConfigureAwait(false);
        return found?.SizeBytes ?? throw new ObjectNotFoundException("stat", KeyOf(file));
    }

    /// <inheritdoc/>
    public string Describe(BlockFile file) => KeyOf(file);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string KeyOf(BlockFile file) => BucketLayout.File(_tenant, _block, file);

    /// <summary>The text is small and asked for twice, its length and itself: read once, in one request.</summary>
    private async ValueTask<byte[]> MetaAsync(CancellationToken cancellationToken) =>
        _metaText ??= await _bucket.ReadAllAsync(KeyOf(BlockFile.Meta), BlockMetaText.MaxBytes, cancellationToken).ConfigureAwait(false);

    private void CheckLength(BlockFile file, long offset, int read, int wanted)
    {
        if (read < wanted)
        {
            throw new CorruptDataException(
                Describe(file), offset + read, string.Create(CultureInfo.InvariantCulture, $"the object ends early, {wanted} bytes were to be read at {offset}"));
        }
    }
}
