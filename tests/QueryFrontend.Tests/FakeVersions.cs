using RemoteStore.Model;
using RemoteStore.Storage.Querying;

namespace RemoteStore.QueryFrontend.Tests;

/// <summary>Says what the test wants.</summary>
internal sealed class FakeVersions : IWriteVersions
{
    private long _writes;

    public void Write() => Interlocked.Increment(ref _writes);

    public WriteVersion Watch(TenantId tenant, long beforeMs) => new(-1, Interlocked.Read(ref _writes), long.MinValue);

    public bool IsUnchanged(TenantId tenant, WriteVersion since, QueryRange range) => false;
}
