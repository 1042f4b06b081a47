using RemoteStore.BlockStore.Indexing;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tool.Commands;

/// <summary>A data directory whose server does not run, locked so that none starts: the bucket in it, and room for what is under way.</summary>
internal sealed class StoppedStore : IDisposable
{
    private readonly DataDirectoryLock _lock;

    private StoppedStore(string root, DataDirectoryLock held)
    {
        _lock = held;
        Root = root;
        Bucket = new FileSystemBucket(LocalFileSystem.Instance, Path.Combine(root, "bucket"));
        Indexes = new BucketIndexStore(Bucket, TimeProvider.System);
        Work = Path.Combine(root, "rstool.tmp");
        LocalFileSystem.Instance.DeleteDirectory(Work); // what was broken off has left
    }

    /// <summary>The directory.</summary>
    public string Root { get; }

    /// <summary>Its bucket.</summary>
    public IBucket Bucket { get; }

    /// <summary>Indexes of the bucket.</summary>
    public BucketIndexStore Indexes { get; }

    /// <summary>Folder for files under way; removed at the end.</summary>
    public string Work { get; }

    /// <summary>Locks a data directory.</summary>
    /// <exception cref="IOException">A server is using it, or it cannot be used.</exception>
    public static StoppedStore Open(string directory)
    {
        DataDirectoryLock held = DataDirectoryLock.Acquire(directory);
        try
        {
            return new(Path.GetFullPath(directory), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LocalFileSystem.Instance.DeleteDirectory(Work);
        _lock.Dispose();
    }
}
