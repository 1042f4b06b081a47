using RemoteStore.ObjectStore.Buckets;
using RemoteStore.ObjectStore.Decorators;

namespace RemoteStore.ObjectStore.Tests;

/// <summary>A part of a bucket promises what a bucket does, whatever lies beside it.</summary>
public sealed class PrefixedBucketTests : BucketContract
{
    public override Task DisposeAsync() => Task.CompletedTask;

    protected override string NameInErrors(string key) => "env/prod/" + key;

    protected override async Task<IBucket> OpenAsync()
    {
        var whole = new MemoryBucket(TimeProvider.System);
        await whole.WriteAsync("env/prod-2/a", new MemoryContent(new byte[3]), WriteMode.Replace, CancellationToken.None);
        await whole.WriteAsync("b/c", new MemoryContent(new byte[3]), WriteMode.Replace, CancellationToken.None);
        return new PrefixedBucket(whole, "env/prod/");
    }
}
