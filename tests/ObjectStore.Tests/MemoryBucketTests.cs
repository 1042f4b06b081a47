using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Testing.Buckets;
using Xunit;

namespace RemoteStore.ObjectStore.Tests;

public sealed class MemoryBucketTests
{
    public static TheoryData<string> Cases => [.. BucketContract.Cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Contract_Holds(string name) => new BucketContract(new MemoryBucket(TimeProvider.System)).RunAsync(name);
}
