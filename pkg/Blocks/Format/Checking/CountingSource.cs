using RemoteStore.Blocks.Format.Reading;

namespace RemoteStore.Blocks.Format.Checking;

/// <summary>Passes reads on and tells how many bytes there were. Does not own the source it reads from.</summary>
internal sealed class CountingSource(IBlockSource inner, IProgress<BlockProgress>? progress) : IBlockSource
{
    private long _bytesRead;

    /// <summary>Bytes read so far.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Bytes to read in all, for the progress.</summary>
    public long BytesTotal { get; set; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(BlockFile file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        await inner.ReadAsync(file, offset, destination, cancellationToken).ConfigureAwait(false);
        long done = Interlocked.Add(ref _bytesRead, destination.Length);
        progress?.Report(new(Math.Min(done, Math.Max(BytesTotal, 1)), BytesTotal));
    }

    /// <inheritdoc/>
    public ValueTask<long> GetLengthAsync(BlockFile file, CancellationToken cancellationToken) => inner.GetLengthAsync(file, cancellationToken);

    /// <inheritdoc/>
    public string Describe(BlockFile file) => inner.Describe(file);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
