using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.ObjectStore.S3;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Places;

/// <summary>The bucket that options name, open.</summary>
public sealed class ObjectStorePlace : IDisposable
{
    private readonly IDisposable? _held;

    private ObjectStorePlace(IBucket bucket, S3Bucket? s3, IDisposable? held)
    {
        Bucket = bucket;
        S3 = s3;
        _held = held;
    }

    /// <summary>The bucket, below its prefix. Every operation is one attempt.</summary>
    public IBucket Bucket { get; }

    /// <summary>The same without its prefix, when it is one of S3: to be tried with <see cref="S3Bucket.ProbeAsync"/>.</summary>
    public S3Bucket? S3 { get; }

    /// <summary>Opens the bucket; nothing is asked of S3 yet. A directory is held until this is disposed: one process at a time writes to it.</summary>
    /// <param name="options">Which one.</param>
    /// <param name="dataDirectory">Where the server keeps its data; null when there is none, then a directory has to be named.</param>
    /// <param name="files">Its files.</param>
    /// <param name="time">Clock of what is in memory.</param>
    /// <exception cref="IOException">The directory or the file of the keys cannot be used, or another process uses the directory.</exception>
    /// <exception cref="FormatException">The options name no bucket.</exception>
    public static ObjectStorePlace Open(ObjectStoreOptions options, string? dataDirectory, IFileSystem files, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Backend switch
        {
            ObjectStoreBackend.S3 => OpenS3(options),
            ObjectStoreBackend.Memory => new(Within(new MemoryBucket(time), options), null, null),
            _ => OpenDirectory(options, DirectoryOf(options, dataDirectory), files),
        };
    }

    /// <summary>Opens the bucket to read only: a directory is left as it is, and another process may be using it.</summary>
    /// <inheritdoc cref="Open" path="/param"/>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static ObjectStorePlace OpenToRead(ObjectStoreOptions options, string? dataDirectory, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Backend == ObjectStoreBackend.FileSystem
            ? new(FileSystemBucket.OpenToRead(Path.Combine(DirectoryOf(options, dataDirectory), options.KeyPrefix)), null, null)
            : Open(options, dataDirectory, LocalFileSystem.Instance, time);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        S3?.Dispose();
        _held?.Dispose();
    }

    private static string DirectoryOf(ObjectStoreOptions options, string? dataDirectory) =>
        options.Directory.Length > 0 ? options.Directory
        : dataDirectory is not null ? Path.Combine(dataDirectory, "bucket")
        : throw new FormatException($"no bucket is named: give the data directory of the server, {ObjectStoreSettings.Directory}, or {ObjectStoreSettings.Backend}=s3 and what belongs to it");

    /// <summary>What the prefix names is a folder of its own, which one process holds, so that several can share what lies above.</summary>
    private static ObjectStorePlace OpenDirectory(ObjectStoreOptions options, string directory, IFileSystem files)
    {
        string folder = Path.Combine(directory, options.KeyPrefix);
        IDisposable held = FileSystemBucket.Hold(folder);
        try
        {
            return new(new FileSystemBucket(files, folder), null, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static ObjectStorePlace OpenS3(ObjectStoreOptions options)
    {
        S3Options s3 = options.CredentialsFile.Length == 0 ? options.S3 : S3CredentialsFile.Read(options.S3, options.CredentialsFile);
        var bucket = new S3Bucket(s3 with { KeyPrefix = options.KeyPrefix });
        return new(Within(bucket, options), bucket, null);
    }

    private static IBucket Within(IBucket whole, ObjectStoreOptions options) =>
        options.KeyPrefix.Length == 0 ? whole : new PrefixedBucket(whole, options.KeyPrefix);
}
