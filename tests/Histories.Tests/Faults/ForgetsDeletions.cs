using RemoteStore.ObjectStore;

namespace RemoteStore.Histories.Tests.Faults;

/// <summary>Requests to delete series do not reach the bucket, so that a restart forgets them.</summary>
internal sealed class ForgetsDeletions : Fault
{
    public override IBucket Change(IBucket bucket) => new Forgetful(bucket);

    private sealed class Forgetful(IBucket inner) : IBucket
    {
        public string Description => inner.Description;

        public bool IsCreateAtomic => inner.IsCreateAtomic;

        public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) => inner.StatAsync(key, cancellationToken);

        public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
            inner.ReadAsync(key, offset, destination, cancellationToken);

        public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) => inner.ReadAllAsync(key, maxBytes, cancellationToken);

        public ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken) =>
            key.Contains("/deletions/", StringComparison.Ordinal) ? ValueTask.CompletedTask : inner.WriteAsync(key, content, mode, cancellationToken);

        public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

        public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

        public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) => inner.ListFoldersAsync(prefix, cancellationToken);
    }
}
