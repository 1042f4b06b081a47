using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Reading;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Uploading;

/// <summary>
/// Copies a block from a local directory to the bucket: chunks and index, then both are read back and compared with their checksums, then <c>meta.json</c>,
/// which makes it a block. May be repeated at any time, after a crash at any line.
/// </summary>
/// <param name="bucket">Where to.</param>
/// <param name="failpoints">Places where a test stops the process.</param>
public sealed class BlockUploader(IBucket bucket, Failpoints failpoints)
{
    /// <summary>Uploads a block. When the call returns, the bucket has given back every byte of index and chunks as they are meant to be.</summary>
    /// <param name="directory">Its directory, finished and not changing.</param>
    /// <param name="cancellationToken">Stops the work; what is in the bucket then is no block yet, or a whole one.</param>
    /// <returns>What the block holds.</returns>
    /// <exception cref="CorruptDataException">The local block is damaged: nothing was sent. Or the bucket gave back something else than was sent: it is no block there.</exception>
    /// <exception cref="BucketException">The bucket refused something.</exception>
    /// <exception cref="IOException">The local block cannot be read.</exception>
    public async ValueTask<BlockMeta> UploadAsync(string directory, CancellationToken cancellationToken)
    {
        BlockMeta meta;
        await using (var local = new LocalBlockSource(directory))
        {
            meta = await BlockReader.ReadMetaAsync(local, cancellationToken).ConfigureAwait(false);
            if (await IsThereAsync(meta, cancellationToken).ConfigureAwait(false))
            {
                return meta;
            }

            await BlockReadBack.CheckFilesAsync(local, meta, cancellationToken).ConfigureAwait(false);
        }

        failpoints.Hit("upload.before");
        await WriteAsync(meta, BlockFile.Chunks, FileOf(directory, BlockFile.Chunks), cancellationToken).ConfigureAwait(false);
        failpoints.Hit("upload.after-chunks");
        await WriteAsync(meta, BlockFile.Index, FileOf(directory, BlockFile.Index), cancellationToken).ConfigureAwait(false);
        failpoints.Hit("upload.after-index");
        await using (var sent = new BucketBlockSource(bucket, meta.Tenant, meta.Id))
        {
            await BlockReadBack.CheckFilesAsync(sent, meta, cancellationToken).ConfigureAwait(false);
        }

        failpoints.Hit("upload.before-meta");
        await WriteAsync(meta, BlockFile.Meta, new MemoryContent(BlockMetaText.Format(meta)), cancellationToken).ConfigureAwait(false);
        failpoints.Hit("upload.after-meta");
        return meta;
    }

    private static FileContent FileOf(string directory, BlockFile file) => new(Path.Combine(directory, BucketLayout.NameOf(file)));

    /// <summary>True when an earlier upload has ended and what it left is sound; else all of it is sent again.</summary>
    private async ValueTask<bool> IsThereAsync(BlockMeta meta, CancellationToken cancellationToken)
    {
        try
        {
            await BlockReadBack.CheckAsync(bucket, meta, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is ObjectNotFoundException or CorruptDataException)
        {
            return false;
        }
    }

    private ValueTask WriteAsync(BlockMeta meta, BlockFile file, IObjectContent content, CancellationToken cancellationToken) =>
        bucket.WriteAsync(BucketLayout.File(meta.Tenant, meta.Id, file), content, WriteMode.Replace, cancellationToken);
}
