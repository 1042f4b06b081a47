using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Places;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tool.Commands;

/// <summary>
/// The bucket of a server, to be written, and room for what is under way. A data directory that is named besides is that of a server that does not run, and is
/// locked so that none starts; so is a bucket that is a directory. A bucket of S3 may be one that servers are using.
/// </summary>
internal sealed class StoppedStore : IDisposable
{
    private readonly DataDirectoryLock? _lock;
    private readonly ObjectStorePlace _place;

    private StoppedStore(string? root, DataDirectoryLock? held, ObjectStorePlace place, RetryOptions retry)
    {
        _lock = held;
        _place = place;
        Root = root;
        Bucket = new RetryingBucket(place.Bucket, retry, TimeProvider.System, Random.Shared);
        Indexes = new BucketIndexStore(Bucket, TimeProvider.System);
        Work = root is null ? Directory.CreateTempSubdirectory("rstool-").FullName : Path.Combine(root, "rstool.tmp");
        if (root is not null)
        {
            LocalFileSystem.Instance.DeleteDirectory(Work); // what was broken off has left
        }
    }

    /// <summary>The data directory; null when none was named.</summary>
    public string? Root { get; }

    /// <summary>The bucket.</summary>
    public IBucket Bucket { get; }

    /// <summary>Indexes of the bucket.</summary>
    public BucketIndexStore Indexes { get; }

    /// <summary>Folder for files under way; removed at the end.</summary>
    public string Work { get; }

    /// <summary>Locks the data directory, if one is named, and opens the bucket.</summary>
    /// <exception cref="IOException">A server is using one of them, or it cannot be used.</exception>
    /// <exception cref="FormatException">No bucket is named.</exception>
    public static StoppedStore Open(string? directory, ObjectStoreOptions options)
    {
        DataDirectoryLock? held = directory is null ? null : DataDirectoryLock.Acquire(directory);
        ObjectStorePlace? place = null;
        try
        {
            place = ObjectStorePlace.Open(options, directory, LocalFileSystem.Instance, TimeProvider.System);
            return new(directory is null ? null : Path.GetFullPath(directory), held, place, options.Retry);
        }
        catch
        {
            place?.Dispose();
            held?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LocalFileSystem.Instance.DeleteDirectory(Work);
        _place.Dispose();
        _lock?.Dispose();
    }
}
