namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Stored bytes of a block's index file. Safe for concurrent use.</summary>
internal interface IIndexBytes
{
    /// <summary>A stretch of the file, valid as long as the caller likes.</summary>
    /// <param name="kind">What lies there.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(BlockSection kind, long offset, int length, CancellationToken cancellationToken);
}
