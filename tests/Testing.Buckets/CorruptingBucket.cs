using RemoteStore.ObjectStore;

namespace RemoteStore.Testing.Buckets;

/// <summary>A bucket that keeps another byte than it was given in objects whose key ends as the test says, and answers as if all was well.</summary>
public sealed class CorruptingBucket(IBucket inner, string keyEnd) : IBucket
{
    public string Description => inner.Description;

    public bool IsCreateAtomic => inner.IsCreateAtomic;

    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) => inner.StatAsync(key, cancellationToken);

    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        inner.ReadAsync(key, offset, destination, cancellationToken);

    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) => inner.ReadAllAsync(key, maxBytes, cancellationToken);

    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken)
    {
        if (!key.EndsWith(keyEnd, StringComparison.Ordinal))
        {
            await inner.WriteAsync(key, content, mode, cancellationToken);
            return;
        }

        byte[] bytes = new byte[content.LengthBytes];
        await using (Stream stream = content.Open())
        {
            await stream.ReadExactlyAsync(bytes, cancellationToken);
        }

        bytes[bytes.Length / 2] ^= 1;
        await inner.WriteAsync(key, new MemoryContent(bytes), mode, cancellationToken);
    }

    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) => inner.ListFoldersAsync(prefix, cancellationToken);
}
