using System.Runtime.CompilerServices;

namespace RemoteStore.ObjectStore.Buckets;

/// <summary>Objects in memory, gone with the process; for tests and for trying things out.</summary>
public sealed class MemoryBucket(TimeProvider time) : IBucket
{
    private readonly SortedDictionary<string, (byte[] Bytes, long ModifiedMs)> _objects = new(StringComparer.Ordinal);
    private readonly Lock _lock = new(); // guards _objects

    /// <inheritdoc/>
    public string Description => "memory";

    /// <inheritdoc/>
    public bool IsCreateAtomic => true;

    /// <inheritdoc/>
    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return ValueTask.FromResult(
                _objects.TryGetValue(key, out (byte[] Bytes, long ModifiedMs) found) ? new ObjectAttributes(key, found.Bytes.Length, found.ModifiedMs) : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        byte[] bytes = Find(key, cancellationToken);
        if (offset >= bytes.Length)
        {
            return ValueTask.FromResult(0);
        }

        int count = Math.Min(destination.Length, bytes.Length - (int)offset);
        bytes.AsMemory((int)offset, count).CopyTo(destination);
        return ValueTask.FromResult(count);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken)
    {
        byte[] bytes = Find(key, cancellationToken);
        return bytes.Length <= maxBytes
            ? ValueTask.FromResult(bytes.ToArray())
            : throw BucketErrors.TooLarge(key, bytes.Length, maxBytes);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        ArgumentNullException.ThrowIfNull(content);
        byte[] bytes = new byte[content.LengthBytes];
        await using (Stream stream = content.Open())
        {
            await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        lock (_lock)
        {
            if (mode == WriteMode.CreateOnly && _objects.ContainsKey(key))
            {
                throw new ObjectExistsException(key);
            }

            _objects[key] = (bytes, time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _ = _objects.Remove(key);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<ObjectAttributes> found;
        lock (_lock)
        {
            found = [.. _objects.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(static entry => new ObjectAttributes(entry.Key, entry.Value.Bytes.Length, entry.Value.ModifiedMs))];
        }

        foreach (ObjectAttributes one in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return one;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string last = "";
        await foreach (ObjectAttributes one in ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            int slash = one.Key.IndexOf('/', prefix.Length);
            if (slash >= 0 && !one.Key.AsSpan(prefix.Length, slash - prefix.Length).SequenceEqual(last))
            {
                yield return last = one.Key[prefix.Length..slash];
            }
        }
    }

    private byte[] Find(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return _objects.TryGetValue(key, out (byte[] Bytes, long ModifiedMs) found) ? found.Bytes : throw new ObjectNotFoundException("read", key);
        }
    }
}
