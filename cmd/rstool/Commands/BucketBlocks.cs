using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Places;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.ObjectStore.Decorators;

namespace RemoteStore.Tool.Commands;

/// <summary>Blocks of a server: those in its bucket, read as the server reads them, and those on its local disk.</summary>
internal sealed class BucketBlocks : IDisposable
{
    private readonly ObjectStorePlace _place;
    private readonly RetryingBucket _bucket;
    private readonly string? _dataDirectory;

    /// <summary>Opens the bucket; nothing is asked of it yet. Blocks never change, so that a running server does not matter.</summary>
    /// <param name="options">Which bucket.</param>
    /// <param name="dataDirectory">Data directory of the server; null = only the bucket is looked into.</param>
    /// <exception cref="IOException">The data directory, or the file of the keys, cannot be used.</exception>
    /// <exception cref="FormatException">No bucket is named.</exception>
    public BucketBlocks(ObjectStoreOptions options, string? dataDirectory)
    {
        if (dataDirectory is not null && !Directory.Exists(dataDirectory))
        {
            throw new DirectoryNotFoundException($"{Path.GetFullPath(dataDirectory)} is not a directory");
        }

        _dataDirectory = dataDirectory;
        _place = ObjectStorePlace.OpenToRead(options, dataDirectory, TimeProvider.System);
        _bucket = new RetryingBucket(_place.Bucket, options.Retry, TimeProvider.System, Random.Shared);
    }

    /// <summary>All blocks, those on the local disk first, by tenant and id; folders without <c>meta.json</c> are among them.</summary>
    /// <exception cref="IOException">They cannot be listed.</exception>
    public async Task<IReadOnlyList<FoundBlock>> FindAsync(CancellationToken cancellationToken)
    {
        var found = new List<FoundBlock>(_dataDirectory is null ? [] : BlockFolders.FindLocal(_dataDirectory));
        await foreach (string folder in _bucket.ListFoldersAsync("", cancellationToken))
        {
            if (!BucketLayout.TryParseTenant(folder, out TenantId tenant))
            {
                continue;
            }

            await foreach (string name in _bucket.ListFoldersAsync(BucketLayout.TenantPrefix(tenant), cancellationToken))
            {
                if (BlockId.TryParse(name, out BlockId block))
                {
                    found.Add(new FoundBlock(BucketLayout.BlockPrefix(tenant, block).TrimEnd('/'), () => new BucketBlockSource(_bucket, tenant, block)));
                }
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _place.Dispose();
}
