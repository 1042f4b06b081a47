using Microsoft.Win32.SafeHandles;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>A block in a directory of the local disk. Files are opened when they are first read.</summary>
public sealed class LocalBlockSource : IBlockSource
{
    private const int SynchronousBytes = 128 << 10; // below, handing a read to another thread costs more than the read

    private readonly BlockFileHandles _handles;
    private readonly bool _ownsHandles;

    /// <summary>Names the directory; nothing is opened.</summary>
    /// <param name="directory">Path ending in <c>&lt;tenant&gt;/&lt;ULID&gt;</c>.</param>
    /// <param name="handles">Open files, shared with other blocks; null for its own.</param>
    public LocalBlockSource(string directory, BlockFileHandles? handles = null)
    {
        DirectoryPath = Path.GetFullPath(directory);
        _ownsHandles = handles is null;
        _handles = handles ?? new BlockFileHandles(2);
    }

    /// <summary>The block's directory.</summary>
    public string DirectoryPath { get; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(BlockFile file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        string path = Describe(file);
        int done = 0;
        while (done < destination.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SafeFileHandle handle = _handles.Get(path);
            int read;
            try
            {
                read = destination.Length <= SynchronousBytes
                    ? RandomAccess.Read(handle, destination.Span[done..], offset + done)
                    : await RandomAccess.ReadAsync(handle, destination[done..], offset + done, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                continue; // closed in favour of other files; once more
            }

            if (read == 0)
            {
                throw new CorruptDataException(path, offset + done, "the file ends early");
            }

            done += read;
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> GetLengthAsync(BlockFile file, CancellationToken cancellationToken)
    {
        string path = Describe(file);
        while (true)
        {
            try
            {
                return ValueTask.FromResult(RandomAccess.GetLength(_handles.Get(path)));
            }
            catch (ObjectDisposedException)
            {
                cancellationToken.ThrowIfCancellationRequested(); // closed in favour of other files; once more
            }
        }
    }

    /// <inheritdoc/>
    public string Describe(BlockFile file) => Path.Combine(DirectoryPath, BlockFormat.NameOf(file));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_ownsHandles)
        {
            _handles.Dispose();
        }
        else
        {
            _handles.Forget(Describe(BlockFile.Meta));
            _handles.Forget(Describe(BlockFile.Index));
            _handles.Forget(Describe(BlockFile.Chunks));
        }

        return ValueTask.CompletedTask;
    }
}
