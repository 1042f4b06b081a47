namespace RemoteStore.ObjectStore;

/// <summary>
/// A flat set of named, immutable-once-written objects: a directory, S3, or memory. Small on purpose: everything above it is written once for all of them.
/// Safe for concurrent use.
/// </summary>
/// <remarks>
/// A write is all or nothing: readers and listings see the old object, or the new one, or none. A write that has returned is durable and seen by every later
/// read and listing. One that failed may have happened. Keys: see <see cref="ObjectKey"/>.
/// </remarks>
public interface IBucket
{
    /// <summary>What it is, for messages: <c>s3 bucket metrics at 10.0.0.1:9000</c>.</summary>
    string Description { get; }

    /// <summary>True when <see cref="WriteMode.CreateOnly"/> is atomic among processes; false when two writers can both believe that they were first.</summary>
    bool IsCreateAtomic { get; }

    /// <summary>Size and age of an object, null when there is none.</summary>
    /// <exception cref="BucketException">It cannot be told.</exception>
    ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads a range in one request.</summary>
    /// <param name="key">The object.</param>
    /// <param name="offset">First byte, 0 or above.</param>
    /// <param name="destination">Where the bytes go, not empty.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Bytes read: fewer than asked for only when the object ends there, 0 at or beyond its end.</returns>
    /// <exception cref="ObjectNotFoundException">There is no such object.</exception>
    /// <exception cref="BucketException">It cannot be read.</exception>
    ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>Reads a small object as a whole, in one request.</summary>
    /// <param name="key">The object.</param>
    /// <param name="maxBytes">Largest size that is accepted.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ObjectNotFoundException">There is no such object.</exception>
    /// <exception cref="BucketException">It cannot be read, or it is larger.</exception>
    ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Writes an object.</summary>
    /// <exception cref="ObjectExistsException"><see cref="WriteMode.CreateOnly"/>, and there is one.</exception>
    /// <exception cref="BucketException">It was not written, or it is not known whether it was.</exception>
    ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken);

    /// <summary>Removes an object; no error when there is none.</summary>
    /// <exception cref="BucketException">It was not removed, or it is not known whether it was.</exception>
    ValueTask DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>All objects whose key begins with <paramref name="prefix"/>, ascending by key (ordinal).</summary>
    /// <exception cref="BucketException">They cannot be listed; thrown while iterating.</exception>
    IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>The distinct parts of keys between <paramref name="prefix"/> and the next slash, without the slash, in the order of the keys.</summary>
    /// <param name="prefix">Empty, or ending in a slash.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BucketException">They cannot be listed; thrown while iterating.</exception>
    IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>What a write does when the object is there already.</summary>
public enum WriteMode
{
    /// <summary>It takes the object's place.</summary>
    Replace,

    /// <summary>It fails with <see cref="ObjectExistsException"/>.</summary>
    CreateOnly,
}

/// <summary>What a listing tells of an object.</summary>
/// <param name="Key">Its key.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="ModifiedMs">When it was written, milliseconds since the Unix epoch, by the clock of the store.</param>
public sealed record ObjectAttributes(string Key, long SizeBytes, long ModifiedMs);
