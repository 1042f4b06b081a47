using System.Runtime.CompilerServices;

namespace RemoteStore.ObjectStore.Decorators;

/// <summary>Counts operations, their time, their failures and the bytes they move, and makes requests visible by who asked for them and whose objects they are of.</summary>
/// <param name="inner">The bucket.</param>
/// <param name="metrics">Where they are counted.</param>
/// <param name="role">Who asks: <c>ingester</c>, <c>compactor</c>, <c>store-gateway</c>, …</param>
/// <param name="time">Clock.</param>
/// <param name="ownerOf">
/// Tells of a key or prefix whose it is; null = nobody's. Not asked of objects that turn out not to be there: names that requests make up must not become
/// labels of metrics.
/// </param>
public sealed class MeteredBucket(IBucket inner, ObjectStoreMetrics metrics, string role, TimeProvider time, Func<string, string>? ownerOf = null) : IBucket
{
    private const int EntriesPerRequest = 1000; // of S3; a listing goes on with another request

    /// <inheritdoc/>
    public string Description => inner.Description;

    /// <inheritdoc/>
    public bool IsCreateAtomic => inner.IsCreateAtomic;

    /// <inheritdoc/>
    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) =>
        MeasureAsync("stat", key, () => inner.StatAsync(key, cancellationToken), static found => found is null ? null : 0);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        MeasureAsync("read", key, () => inner.ReadAsync(key, offset, destination, cancellationToken), static count => count);

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) =>
        MeasureAsync("read", key, () => inner.ReadAllAsync(key, maxBytes, cancellationToken), static bytes => bytes.Length);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        _ = await MeasureAsync("write", key, () => Done(inner.WriteAsync(key, content, mode, cancellationToken)), _ => content.LengthBytes).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken) =>
        _ = await MeasureAsync("delete", key, () => Done(inner.DeleteAsync(key, cancellationToken)), static _ => 0).ConfigureAwait(false);

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken) =>
        MeasureAsync(prefix, inner.ListAsync(prefix, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
        MeasureAsync(prefix, inner.ListFoldersAsync(prefix, cancellationToken), cancellationToken);

    private static async ValueTask<bool> Done(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    private ObjectStoreMetrics.Operation For(string operation, string key, bool isThere) =>
        metrics.For(operation, role, isThere && ownerOf is not null ? ownerOf(key) : "");

    /// <summary>Measures an operation; <paramref name="bytes"/> gives those that it moved, or null when it found nothing.</summary>
    private async ValueTask<T> MeasureAsync<T>(string operation, string key, Func<ValueTask<T>> action, Func<T, long?> bytes)
    {
        long began = time.GetTimestamp();
        try
        {
            T result = await action().ConfigureAwait(false);
            long? moved = bytes(result);
            For(operation, key, moved is not null).Succeeded(time.GetElapsedTime(began), 1, moved ?? 0);
            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            For(operation, key, e is not ObjectNotFoundException).Failed(time.GetElapsedTime(began), e);
            throw;
        }
    }

    private async IAsyncEnumerable<T> MeasureAsync<T>(string prefix, IAsyncEnumerable<T> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        long count = 0;
        await using IAsyncEnumerator<T> cursor = entries.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            bool more;
            try
            {
                more = await cursor.MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                For("list", prefix, count > 0).Failed(time.GetElapsedTime(began), e);
                throw;
            }

            if (!more)
            {
                For("list", prefix, count > 0).Succeeded(time.GetElapsedTime(began), 1 + (Math.Max(0, count - 1) / EntriesPerRequest), 0);
                yield break;
            }

            count++;
            yield return cursor.Current;
        }
    }
}
