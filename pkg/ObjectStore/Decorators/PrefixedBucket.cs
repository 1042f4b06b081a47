using System.Runtime.CompilerServices;

namespace RemoteStore.ObjectStore.Decorators;

/// <summary>A part of a bucket, below a prefix that who uses it does not see, so that several stores can share one bucket. Errors name objects with it.</summary>
/// <param name="inner">The whole bucket.</param>
/// <param name="root">Parts of a key, ending in a slash.</param>
public sealed class PrefixedBucket(IBucket inner, string root) : IBucket
{
    /// <inheritdoc/>
    public string Description => $"{inner.Description}, below {root}";

    /// <inheritdoc/>
    public bool IsCreateAtomic => inner.IsCreateAtomic;

    /// <inheritdoc/>
    public async ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) =>
        await inner.StatAsync(root + key, cancellationToken).ConfigureAwait(false) is { } found ? found with { Key = key } : null;

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        inner.ReadAsync(root + key, offset, destination, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) =>
        inner.ReadAllAsync(root + key, maxBytes, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken) =>
        inner.WriteAsync(root + key, content, mode, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(root + key, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ObjectAttributes found in inner.ListAsync(root + prefix, cancellationToken).ConfigureAwait(false))
        {
            yield return found with { Key = found.Key[root.Length..] };
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) => inner.ListFoldersAsync(root + prefix, cancellationToken);
}
