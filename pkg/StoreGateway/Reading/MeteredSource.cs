using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;

namespace RemoteStore.StoreGateway.Reading;

/// <summary>The files of a block as one query reads them.</summary>
/// <param name="inner">The files; stay the block's.</param>
/// <param name="reads">What the query reads.</param>
/// <param name="end">Ends reads under way: nobody needs them any more.</param>
internal sealed class MeteredSource(IBlockSource inner, QueryReads reads, CancellationToken end) : IBlockSource
{
    /// <inheritdoc/>
    public ValueTask ReadAsync(BlockFile file, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        reads.RunAsync(destination.Length, token => inner.ReadAsync(file, offset, destination, token), end, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> GetLengthAsync(BlockFile file, CancellationToken cancellationToken) => inner.GetLengthAsync(file, cancellationToken);

    /// <inheritdoc/>
    public string Describe(BlockFile file) => inner.Describe(file);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // the block owns its files
}
