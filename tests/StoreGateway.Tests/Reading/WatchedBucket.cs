using RemoteStore.ObjectStore;

namespace RemoteStore.StoreGateway.Tests.Reading;

/// <summary>A bucket that writes down every read and lets the test act before it.</summary>
internal sealed class WatchedBucket(IBucket inner) : IBucket
{
    private readonly List<(string Key, long Offset, int Length)> _reads = []; // locked by itself

    /// <summary>Called before each ranged read.</summary>
    public Func<string, CancellationToken, ValueTask>? BeforeRead { get; set; }

    public string Description => inner.Description;

    public bool IsCreateAtomic => inner.IsCreateAtomic;

    /// <summary>Ranged reads so far; other ways to read are not for blocks.</summary>
    public IReadOnlyList<(string Key, long Offset, int Length)> Reads
    {
        get
        {
            lock (_reads)
            {
                return [.. _reads];
            }
        }
    }

    /// <summary>Other requests so far.</summary>
    public int Others { get; private set; }

    public void Forget()
    {
        lock (_reads)
        {
            _reads.Clear();
        }

        Others = 0;
    }

    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken)
    {
        Others++;
        return inner.StatAsync(key, cancellationToken);
    }

    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        lock (_reads)
        {
            _reads.Add((key, offset, destination.Length));
        }

        if (BeforeRead is { } before)
        {
            await before(key, cancellationToken);
        }

        return await inner.ReadAsync(key, offset, destination, cancellationToken);
    }

    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken)
    {
        Others++;
        return inner.ReadAllAsync(key, maxBytes, cancellationToken);
    }

    public ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken) =>
        inner.WriteAsync(key, content, mode, cancellationToken);

    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        Others++;
        return inner.ListAsync(prefix, cancellationToken);
    }

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken)
    {
        Others++;
        return inner.ListFoldersAsync(prefix, cancellationToken);
    }
}
