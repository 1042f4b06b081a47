using RemoteStore.ObjectStore.Buckets;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.Testing.Buckets;
using Xunit;

namespace RemoteStore.ObjectStore.Tests;

public sealed class PrefixedBucketTests
{
    public static TheoryData<string> Cases => [.. BucketContract.Cases.Keys];

    /// <summary>A part of a bucket promises what a bucket does, whatever lies beside it.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Contract_Holds(string name)
    {
        var whole = new MemoryBucket(TimeProvider.System);
        await whole.WriteAsync("env/prod-2/a", new MemoryContent(new byte[3]), WriteMode.Replace, CancellationToken.None);
        await whole.WriteAsync("b/c", new MemoryContent(new byte[3]), WriteMode.Replace, CancellationToken.None);
        await new BucketContract(new PrefixedBucket(whole, "env/prod/"), static key => "env/prod/" + key).RunAsync(name);
    }
}
