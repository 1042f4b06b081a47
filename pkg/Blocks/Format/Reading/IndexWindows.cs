namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// The index in windows that all who read the block share through the cache, so that frames needed together cost one read; a small index is one window.
/// </summary>
/// <param name="files">The block's files.</param>
/// <param name="length">Length of the index.</param>
/// <param name="beginsAtEnd">True when the footer is read from here, before anything else.</param>
internal sealed class IndexWindows(BlockFiles files, long length, bool beginsAtEnd) : IIndexBytes
{
    private readonly int _windowBytes = length <= files.Sizes.SharedIndexBytes ? files.Sizes.SharedIndexBytes : files.Sizes.IndexWindowBytes;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(BlockSection kind, long offset, int length, CancellationToken cancellationToken)
    {
        long first = offset / _windowBytes;
        long last = (offset + length - 1) / _windowBytes;
        if (first == last)
        {
            byte[] window = await GetAsync(first, cancellationToken).ConfigureAwait(false);
            return window.AsMemory((int)(offset - (first * _windowBytes)), length);
        }

        byte[] bytes = new byte[length];
        if (last - first > 2)
        {
            await files.ReadAsync(BlockFile.Index, offset, bytes, cancellationToken).ConfigureAwait(false);
            return bytes;
        }

        for (int done = 0; done < length;)
        {
            long number = (offset + done) / _windowBytes;
            byte[] window = await GetAsync(number, cancellationToken).ConfigureAwait(false);
            int from = (int)(offset + done - (number * _windowBytes));
            int count = Math.Min(length - done, window.Length - from);
            window.AsSpan(from, count).CopyTo(bytes.AsSpan(done));
            done += count;
        }

        return bytes;
    }

    private async ValueTask<byte[]> GetAsync(long number, CancellationToken cancellationToken)
    {
        if (files.Find<byte[]>(BlockSection.File, (int)number) is { } known)
        {
            return known;
        }

        long start = number * _windowBytes;
        long end = Math.Min(start + _windowBytes, length);
        bool isTail = beginsAtEnd && number > 0 && end == length;
        if (isTail)
        {
            // The last window may be no more than the footer; the one before has what the footer leads to, and both in one read cost little more.
            start -= _windowBytes;
        }

        byte[] bytes = new byte[end - start];
        await files.ReadAsync(BlockFile.Index, start, bytes, cancellationToken).ConfigureAwait(false);
        if (isTail)
        {
            files.Keep(BlockSection.File, (int)number - 1, bytes[.._windowBytes], _windowBytes);
            bytes = bytes[_windowBytes..];
        }

        files.Keep(BlockSection.File, (int)number, bytes, bytes.Length);
        return bytes;
    }
}
