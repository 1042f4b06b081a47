using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Local;

/// <summary>
/// A view of a store that keeps recent samples and the newest blocks, and hands blocks on to a bucket. Who reads both opens this view first and the bucket's
/// blocks after, with what this view says that it holds: a block leaves the local store only when the bucket's readers have it.
/// </summary>
public interface ILocalView : IQuerier
{
    /// <summary>What was here when the view was opened.</summary>
    LocalHoldings Holdings { get; }
}
