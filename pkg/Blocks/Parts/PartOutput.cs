using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Parts;

/// <summary>Sequential writes to a file through one buffer.</summary>
internal sealed class PartOutput(IWritableFile file, int bufferBytes) : IDisposable
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(bufferBytes);
    private long _flushed;
    private int _used;

    /// <summary>Bytes written so far, the buffered ones included.</summary>
    public long Position => _flushed + _used;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _used)
        {
            Flush();
            if (bytes.Length >= _buffer.Length)
            {
                file.Write(_flushed, bytes);
                _flushed += bytes.Length;
                return;
            }
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    public void Flush()
    {
        if (_used > 0)
        {
            file.Write(_flushed, _buffer.AsSpan(0, _used));
            _flushed += _used;
            _used = 0;
        }
    }

    /// <summary>Flushes and makes the file's content durable.</summary>
    public void Sync()
    {
        Flush();
        file.Sync();
    }

    public void Dispose() => file.Dispose();
}
