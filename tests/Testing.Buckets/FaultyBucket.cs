using System.Runtime.CompilerServices;
using RemoteStore.ObjectStore;

namespace RemoteStore.Testing.Buckets;

/// <summary>A bucket whose operations fail as the test says.</summary>
/// <param name="inner">The bucket.</param>
/// <param name="faultOf">Told the operation (<c>stat</c>, <c>read</c>, <c>write</c>, <c>delete</c>, <c>list</c>) and the key, says what goes wrong.</param>
public sealed class FaultyBucket(IBucket inner, Func<string, string, Fault> faultOf) : IBucket
{
    /// <summary>As above, whatever the key.</summary>
    public FaultyBucket(IBucket inner, Func<string, Fault> faultOf)
        : this(inner, (operation, _) => faultOf(operation))
    {
    }

    private const int SlowTurns = 50;

    private int _operations;

    public string Description => inner.Description;

    public bool IsCreateAtomic => inner.IsCreateAtomic;

    /// <summary>Operations tried so far.</summary>
    public int Operations => _operations;

    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) =>
        DoAsync("stat", key, () => inner.StatAsync(key, cancellationToken), cancellationToken);

    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        DoAsync("read", key, () => inner.ReadAsync(key, offset, destination, cancellationToken), cancellationToken);

    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) =>
        DoAsync("read", key, () => inner.ReadAllAsync(key, maxBytes, cancellationToken), cancellationToken);

    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken) =>
        await DoAsync(
            "write", key, async () => { await inner.WriteAsync(key, content, mode, cancellationToken); return true; }, cancellationToken,
            async () => await inner.WriteAsync(key, await HalfAsync(content), mode, cancellationToken));

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken) =>
        await DoAsync("delete", key, async () => { await inner.DeleteAsync(key, cancellationToken); return true; }, cancellationToken);

    public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken) =>
        ListAsync(prefix, inner.ListAsync(prefix, cancellationToken), cancellationToken);

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
        ListAsync(prefix, inner.ListFoldersAsync(prefix, cancellationToken), cancellationToken);

    private async IAsyncEnumerable<T> ListAsync<T>(string prefix, IAsyncEnumerable<T> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (T entry in entries)
        {
            await DoAsync("list", prefix, () => ValueTask.FromResult(true), cancellationToken);
            yield return entry;
        }
    }

    private static async Task<MemoryContent> HalfAsync(IObjectContent content)
    {
        byte[] half = new byte[content.LengthBytes / 2];
        await using Stream stream = content.Open();
        await stream.ReadExactlyAsync(half);
        return new MemoryContent(half);
    }

    private async ValueTask<T> DoAsync<T>(
        string operation, string key, Func<ValueTask<T>> action, CancellationToken cancellationToken, Func<Task>? tear = null)
    {
        Interlocked.Increment(ref _operations);
        switch (faultOf(operation, key))
        {
            case Fault.Before:
                throw new BucketException(operation, key, "injected", isTransient: true);
            case Fault.Permanent:
                throw new BucketException(operation, key, "injected", isTransient: false);
            case Fault.After:
                await action();
                throw new BucketException(operation, key, "injected, after it was done", isTransient: true);
            case Fault.Hang:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                throw new InvalidOperationException("not reached");
            case Fault.Torn:
                await (tear?.Invoke() ?? Task.CompletedTask);
                throw new BucketException(operation, key, "injected, half-way", isTransient: true);
            case Fault.Slow:
                for (int i = 0; i < SlowTurns; i++)
                {
                    await Task.Yield();
                }

                return await action();
            default:
                return await action();
        }
    }
}
