using RemoteStore.StoreGateway.Catalog;

namespace RemoteStore.StoreGateway.Reading;

/// <summary>A block is not in the bucket any more: it was replaced or has expired since the bucket index was loaded.</summary>
internal sealed class BlockGoneException(GatewayBlock block, Exception cause) : IOException($"{block.Name} was removed: {cause.Message}", cause)
{
    /// <summary>The block.</summary>
    public GatewayBlock Block => block;
}
