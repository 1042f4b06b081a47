using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Publishing;

/// <summary>
/// Brings a block that was made of others into the bucket, so that what it replaces may go: every chunk of it decodes, the bucket has given back every byte as
/// it was written, and <c>meta.json</c> too. A block that fails a check is no block in the bucket.
/// </summary>
/// <remarks>May be repeated. Safe for concurrent use with different blocks.</remarks>
/// <param name="bucket">Where to.</param>
/// <param name="uploader">Writes to the same bucket.</param>
public sealed class BlockPublisher(IBucket bucket, BlockUploader uploader)
{
    /// <summary>Checks, uploads and reads back a block.</summary>
    /// <param name="directory">Its local directory, finished and not changing; stays the caller's.</param>
    /// <param name="cancellationToken">Stops the work; in the bucket is no block yet, or a whole one.</param>
    /// <returns>What it holds. It counts once the bucket index lists it.</returns>
    /// <exception cref="CorruptDataException">The local block is damaged, or the bucket gave back something else than was written.</exception>
    /// <exception cref="BucketException">The bucket refused something.</exception>
    /// <exception cref="IOException">The local block cannot be read.</exception>
    public async ValueTask<BlockMeta> PublishAsync(string directory, CancellationToken cancellationToken)
    {
        await using (var local = new LocalBlockSource(directory))
        {
            BlockVerification verification = await BlockReader.VerifyAsync(local, null, cancellationToken).ConfigureAwait(false);
            if (!verification.IsSound)
            {
                BlockDamage damage = verification.Damage[0];
                throw new CorruptDataException(damage.Path, damage.Offset, damage.What);
            }
        }

        BlockMeta meta = await uploader.UploadAsync(directory, cancellationToken).ConfigureAwait(false);
        string key = BucketLayout.File(meta.Tenant, meta.Id, BlockFile.Meta);
        byte[] written = await bucket.ReadAllAsync(key, BlockMetaText.MaxBytes, cancellationToken).ConfigureAwait(false);
        if (written.AsSpan().SequenceEqual(BlockMetaText.Format(meta)))
        {
            return meta;
        }

        await bucket.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        throw new CorruptDataException(key, 0, "the bucket gives back something else than was written");
    }
}
