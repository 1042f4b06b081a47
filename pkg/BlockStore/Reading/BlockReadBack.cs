using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.BlockStore.Layout;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Reading;

/// <summary>
/// Reads a block's files whole and compares their checksums with what its <c>meta.json</c> says: before it is sent, and as it came back from the bucket, before
/// anything that it replaces may go.
/// </summary>
public static class BlockReadBack
{
    private const int ChunkBytes = 4 << 20; // a request each; memory of a check

    /// <summary>Checks a block in the bucket: <c>meta.json</c>, index and chunks, every byte.</summary>
    /// <param name="bucket">Where the block is.</param>
    /// <param name="meta">What it has to be.</param>
    /// <param name="cancellationToken">Stops the reads.</param>
    /// <exception cref="CorruptDataException">The bucket has something else.</exception>
    /// <exception cref="ObjectNotFoundException">A file is not there.</exception>
    /// <exception cref="BucketException">A file cannot be read.</exception>
    public static async ValueTask CheckAsync(IBucket bucket, BlockMeta meta, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bucket);
        ArgumentNullException.ThrowIfNull(meta);
        string metaKey = BucketLayout.File(meta.Tenant, meta.Id, BlockFile.Meta);
        byte[] text = await bucket.ReadAllAsync(metaKey, BlockMetaText.MaxBytes, cancellationToken).ConfigureAwait(false);
        if (!text.AsSpan().SequenceEqual(BlockMetaText.Format(meta)))
        {
            throw new CorruptDataException(metaKey, 0, "it is not what was written");
        }

        await using var source = new BucketBlockSource(bucket, meta.Tenant, meta.Id);
        await CheckFilesAsync(source, meta, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks index and chunks.</summary>
    /// <param name="source">Where they are; stays the caller's. One in a bucket should not know the meta, so that it asks for lengths.</param>
    /// <param name="meta">What they have to be.</param>
    /// <param name="cancellationToken">Stops the reads.</param>
    /// <exception cref="CorruptDataException">There is something else.</exception>
    /// <exception cref="IOException">A file is not there or cannot be read.</exception>
    public static async ValueTask CheckFilesAsync(IBlockSource source, BlockMeta meta, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(meta);
        byte[] buffer = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(meta.Files.Max(static file => file.SizeBytes), 1, ChunkBytes));
        foreach (BlockFileInfo file in meta.Files)
        {
            long length = await source.GetLengthAsync(file.File, cancellationToken).ConfigureAwait(false);
            if (length != file.SizeBytes)
            {
                throw new CorruptDataException(
                    source.Describe(file.File), Math.Min(length, file.SizeBytes),
                    string.Create(CultureInfo.InvariantCulture, $"it has {length} bytes instead of {file.SizeBytes}"));
            }

            var hash = new BlockFileHash(meta.Id, file.File);
            for (long offset = 0; offset < length;)
            {
                Memory<byte> part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - offset));
                await source.ReadAsync(file.File, offset, part, cancellationToken).ConfigureAwait(false);
                hash.Append(part.Span);
                offset += part.Length;
            }

            if (hash.Value != file.Checksum)
            {
                throw new CorruptDataException(source.Describe(file.File), 0, "its checksum is not that of the file that was written");
            }
        }
    }
}
