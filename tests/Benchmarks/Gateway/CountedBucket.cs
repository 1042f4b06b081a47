using System.Collections.Concurrent;
using RemoteStore.ObjectStore;

namespace RemoteStore.Benchmarks.Gateway;

/// <summary>A bucket that counts ranged reads by folder, and their bytes.</summary>
internal sealed class CountedBucket(IBucket inner) : IBucket
{
    private readonly ConcurrentDictionary<string, int> _reads = new(StringComparer.Ordinal);
    private long _bytes;

    public string Description => inner.Description;

    public bool IsCreateAtomic => inner.IsCreateAtomic;

    /// <summary>Reads by folder.</summary>
    public IReadOnlyDictionary<string, int> Reads => _reads;

    /// <summary>Bytes of all reads.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Counts from 0 again.</summary>
    public void Forget()
    {
        _reads.Clear();
        _ = Interlocked.Exchange(ref _bytes, 0);
    }

    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) => inner.StatAsync(key, cancellationToken);

    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        _ = _reads.AddOrUpdate(key[..key.LastIndexOf('/')], 1, static (_, reads) => reads + 1);
        _ = Interlocked.Add(ref _bytes, destination.Length);
        return inner.ReadAsync(key, offset, destination, cancellationToken);
    }

    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) => inner.ReadAllAsync(key, maxBytes, cancellationToken);

    public ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken) =>
        inner.WriteAsync(key, content, mode, cancellationToken);

    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) => inner.ListFoldersAsync(prefix, cancellationToken);
}
