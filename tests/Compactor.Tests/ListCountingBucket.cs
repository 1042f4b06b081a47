using RemoteStore.ObjectStore;

namespace RemoteStore.Compactor.Tests;

/// <summary>Counts listings, however many entries they give.</summary>
internal sealed class ListCountingBucket(IBucket inner) : IBucket
{
    public int Listings { get; set; }

    public string Description => inner.Description;

    public bool IsCreateAtomic => inner.IsCreateAtomic;

    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) => inner.StatAsync(key, cancellationToken);

    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        inner.ReadAsync(key, offset, destination, cancellationToken);

    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) => inner.ReadAllAsync(key, maxBytes, cancellationToken);

    public ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken) =>
        inner.WriteAsync(key, content, mode, cancellationToken);

    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        Listings++;
        return inner.ListAsync(prefix, cancellationToken);
    }

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken)
    {
        Listings++;
        return inner.ListFoldersAsync(prefix, cancellationToken);
    }
}
