using RemoteStore.ObjectStore.Buckets;

namespace RemoteStore.ObjectStore.Tests;

public sealed class MemoryBucketTests : BucketContract
{
    public override Task DisposeAsync() => Task.CompletedTask;

    protected override Task<IBucket> OpenAsync() => Task.FromResult<IBucket>(new MemoryBucket(TimeProvider.System));
}
