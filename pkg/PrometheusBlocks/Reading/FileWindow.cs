using Microsoft.Win32.SafeHandles;
using RemoteStore.Primitives.Files;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>Reads a file at any place through one buffer, cheap when places ascend. No length that the file tells is allocated for before the file is that long.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class FileWindow : IDisposable
{
    private const int WindowBytes = 1 << 18;

    private readonly SafeFileHandle _handle;
    private byte[] _buffer = new byte[WindowBytes];
    private long _start;
    private int _filled;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">It is not there or cannot be opened.</exception>
    public FileWindow(string path)
    {
        Path = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
        Length = RandomAccess.GetLength(_handle);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>Bytes of the file, valid until the next call.</summary>
    /// <exception cref="CorruptDataException">The file ends first.</exception>
    public ReadOnlySpan<byte> Read(long offset, long length) =>
        offset >= 0 && length >= 0 && length <= Array.MaxLength && offset <= Length - length
            ? Fill(offset, (int)length)
            : throw Corrupt(offset, $"the file of {Length} bytes ends within {length} bytes from here");

    /// <summary>As many bytes as there are, at most the number asked for; none beyond the end. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(long offset, int atMost) => offset < 0 || offset >= Length ? [] : Fill(offset, (int)Math.Min(atMost, Length - offset));

    /// <summary>Something at this place is not as it must be.</summary>
    public CorruptDataException Corrupt(long offset, string what) => new(Path, offset, what);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private ReadOnlySpan<byte> Fill(long offset, int length)
    {
        if (offset < _start || offset + length > _start + _filled)
        {
            if (length > _buffer.Length)
            {
                _buffer = new byte[length];
            }

            _start = offset;
            _filled = 0;
            int wanted = (int)Math.Min(Math.Max(length, Math.Min(_buffer.Length, WindowBytes)), Length - offset);
            while (_filled < wanted)
            {
                int read = RandomAccess.Read(_handle, _buffer.AsSpan(_filled, wanted - _filled), offset + _filled);
                if (read == 0)
                {
                    throw Corrupt(offset + _filled, "the file became shorter while it was read");
                }

                _filled += read;
            }
        }

        return _buffer.AsSpan((int)(offset - _start), length);
    }
}
