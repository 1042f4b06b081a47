using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.ObjectStore.S3;

namespace RemoteStore.Tool.Commands;

/// <summary>Blocks in a bucket of an S3-compatible store, read as the server reads them.</summary>
internal sealed class S3Place : IDisposable
{
    /// <summary>Variables that keys come from: the same as the server's.</summary>
    public const string AccessKeyVariable = "REMOTESTORE_STORAGE_OBJECT_STORE_S3_ACCESS_KEY";

    /// <summary>See <see cref="AccessKeyVariable"/>.</summary>
    public const string SecretKeyVariable = "REMOTESTORE_STORAGE_OBJECT_STORE_S3_SECRET_KEY";

    private readonly S3Bucket _s3;
    private readonly IBucket _bucket;

    private S3Place(S3Options options, string prefix)
    {
        _s3 = new S3Bucket(options);
        var retrying = new RetryingBucket(_s3, new RetryOptions(), TimeProvider.System, Random.Shared);
        _bucket = prefix.Length == 0 ? retrying : new PrefixedBucket(retrying, prefix + "/");
    }

    /// <summary>Prepares the client; nothing is sent yet.</summary>
    /// <exception cref="FormatException">The options do not name a bucket, or the keys are not in the environment.</exception>
    public static S3Place Open(S3Options options, string prefix, Func<string, string?> variable)
    {
        options = options with { AccessKey = variable(AccessKeyVariable) ?? "", SecretKey = variable(SecretKeyVariable) ?? "" };
        if (options.AccessKey.Length == 0 || options.SecretKey.Length == 0)
        {
            throw new FormatException($"the keys of the store are taken from the environment: {AccessKeyVariable} and {SecretKeyVariable}");
        }

        return options.Validate().FirstOrDefault() is { } fault ? throw new FormatException(fault) : new S3Place(options, prefix.Trim('/'));
    }

    /// <summary>All blocks, by tenant and id; folders without <c>meta.json</c> are among them.</summary>
    /// <exception cref="BucketException">They cannot be listed.</exception>
    public async Task<IReadOnlyList<FoundBlock>> FindAsync(CancellationToken cancellationToken)
    {
        var found = new List<FoundBlock>();
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
                    found.Add(new FoundBlock(BucketLayout.BlockPrefix(tenant, block), () => new BucketBlockSource(_bucket, tenant, block)));
                }
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _s3.Dispose();
}
