using System.Runtime.CompilerServices;

namespace RemoteStore.ObjectStore.Decorators;

/// <summary>Counts operations, their time, their failures and the bytes they move, and makes requests visible by who asked for them.</summary>
/// <param name="inner">The bucket.</param>
/// <param name="metrics">Where they are counted.</param>
/// <param name="role">Who asks: <c>ingester</c>, <c>compactor</c>, <c>store-gateway</c>, …</param>
/// <param name="time">Clock.</param>
public sealed class MeteredBucket(IBucket inner, ObjectStoreMetrics metrics, string role, TimeProvider time) : IBucket
{
    private readonly ObjectStoreMetrics.Operation _stat = metrics.For("stat", role);
    private readonly ObjectStoreMetrics.Operation _read = metrics.For("read", role);
    private readonly ObjectStoreMetrics.Operation _write = metrics.For("write", role);
    private readonly ObjectStoreMetrics.Operation _delete = metrics.For("delete", role);
    private readonly ObjectStoreMetrics.Operation _list = metrics.For("list", role);

    /// <inheritdoc/>
    public string Description => inner.Description;

    /// <inheritdoc/>
    public bool IsCreateAtomic => inner.IsCreateAtomic;

    /// <inheritdoc/>
    public async ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) =>
        await MeasureAsync(_stat, () => inner.StatAsync(key, cancellationToken), static _ => 0).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        await MeasureAsync(_read, () => inner.ReadAsync(key, offset, destination, cancellationToken), static count => count).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) =>
        await MeasureAsync(_read, () => inner.ReadAllAsync(key, maxBytes, cancellationToken), static bytes => bytes.Length).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        _ = await MeasureAsync(_write, () => Done(inner.WriteAsync(key, content, mode, cancellationToken)), _ => content.LengthBytes).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken) =>
        _ = await MeasureAsync(_delete, () => Done(inner.DeleteAsync(key, cancellationToken)), static _ => 0).ConfigureAwait(false);

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken) =>
        MeasureAsync(inner.ListAsync(prefix, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
        MeasureAsync(inner.ListFoldersAsync(prefix, cancellationToken), cancellationToken);

    private static async ValueTask<bool> Done(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    private async ValueTask<T> MeasureAsync<T>(ObjectStoreMetrics.Operation operation, Func<ValueTask<T>> action, Func<T, long> bytes)
    {
        long began = time.GetTimestamp();
        try
        {
            T result = await action().ConfigureAwait(false);
            operation.Succeeded(time.GetElapsedTime(began), bytes(result));
            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            operation.Failed(time.GetElapsedTime(began), e);
            throw;
        }
    }

    private async IAsyncEnumerable<T> MeasureAsync<T>(IAsyncEnumerable<T> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
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
                _list.Failed(time.GetElapsedTime(began), e);
                throw;
            }

            if (!more)
            {
                _list.Succeeded(time.GetElapsedTime(began), 0);
                yield break;
            }

            yield return cursor.Current;
        }
    }
}
