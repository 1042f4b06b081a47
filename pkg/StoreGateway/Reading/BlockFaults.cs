using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Catalog;

namespace RemoteStore.StoreGateway.Reading;

/// <summary>Says of errors which block they are of, and which times are missing without it.</summary>
/// <param name="catalog">Told of damage: other views need not meet it, too.</param>
/// <param name="metrics">Counts.</param>
/// <param name="logger">Takes damage and failures.</param>
internal sealed class BlockFaults(BlockCatalog catalog, StoreGatewayMetrics metrics, ILogger logger)
{
    /// <summary>Told of every block that turns out damaged.</summary>
    public Action<BlockMeta>? Damaged { get; set; }

    /// <summary>Asks a block; an error becomes a gap, or <see cref="BlockGoneException"/> when the block is not there any more.</summary>
    /// <exception cref="MissingDataException">It is damaged or cannot be read.</exception>
    /// <exception cref="BlockGoneException">It was removed.</exception>
    public async ValueTask<T> GuardAsync<T>(GatewayBlock block, Func<ValueTask<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (ObjectNotFoundException e)
        {
            metrics.BlockFailed("gone");
            throw new BlockGoneException(block, e);
        }
        catch (CorruptDataException e)
        {
            metrics.BlockFailed("corrupt");
            Log.BlockCorrupt(logger, block.Id.ToString(), block.Meta.Tenant.Name, e.Message);
            catalog.SetAside(block, e.Message);
            Damaged?.Invoke(block.Meta);
            throw new MissingDataException([block.Gap($"it is damaged: {e.Message}")], e) { IsSetAside = true };
        }
        catch (IOException e)
        {
            metrics.BlockFailed("storage");
            Log.BlockFailed(logger, block.Id.ToString(), block.Meta.Tenant.Name, e.Message);
            throw new MissingDataException([block.Gap(e.Message)], e);
        }
    }

    /// <summary>Notes that a query goes on with a newer index.</summary>
    public void NoteGone(GatewayBlock block) => Log.BlockGone(logger, block.Id.ToString(), block.Meta.Tenant.Name);
}
