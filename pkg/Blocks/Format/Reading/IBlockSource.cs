namespace RemoteStore.Blocks.Format.Reading;

/// <summary>The files of one block, wherever they lie, read in ranges. Safe for concurrent use.</summary>
public interface IBlockSource : IAsyncDisposable
{
    /// <summary>Fills <paramref name="destination"/> from the file.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="offset">Where to begin, in bytes.</param>
    /// <param name="destination">Filled whole.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="Primitives.Files.CorruptDataException">The file ends first.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    ValueTask ReadAsync(BlockFile file, long offset, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>Length of a file in bytes.</summary>
    /// <exception cref="IOException">It is not there or cannot be asked.</exception>
    ValueTask<long> GetLengthAsync(BlockFile file, CancellationToken cancellationToken);

    /// <summary>What to call a file in messages: a path or address.</summary>
    string Describe(BlockFile file);
}
