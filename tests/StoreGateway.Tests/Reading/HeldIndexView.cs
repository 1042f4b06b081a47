using RemoteStore.BlockStore.Indexing;
using RemoteStore.Model;

namespace RemoteStore.StoreGateway.Tests.Reading;

/// <summary>The index that was offered last, and no background.</summary>
internal sealed class HeldIndexView : IBucketIndexView
{
    private volatile BucketIndex? _index;

    /// <summary>What loading runs into.</summary>
    public Exception? Failure { get; set; }

    public ValueTask<BucketIndex> GetAsync(TenantId tenant, CancellationToken cancellationToken) =>
        Failure is null ? new(_index ?? BucketIndex.Empty(tenant)) : ValueTask.FromException<BucketIndex>(Failure);

    public BucketIndex? Peek(TenantId tenant) => _index;

    public void Offer(BucketIndex index) => _index = index;
}
