using System.Buffers.Binary;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;

namespace RemoteStore.PrometheusBlocks.Writing;

/// <summary>A new file, written from front to back through a buffer.</summary>
internal sealed class FileOutput : IDisposable
{
    private const int FlushBytes = 1 << 18;

    private readonly IWritableFile _file;
    private readonly ByteBuffer _buffer = new();
    private long _flushed;

    /// <summary>Creates the file.</summary>
    public FileOutput(IFileSystem files, string path) => _file = files.Create(path);

    /// <summary>Bytes written so far.</summary>
    public long Position => _flushed + _buffer.Length;

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _buffer.Add(bytes);
        if (_buffer.Length >= FlushBytes)
        {
            Flush();
        }
    }

    /// <summary>Writes a 32-bit number, most significant byte first.</summary>
    public void Write(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Write(bytes);
    }

    /// <summary>Writes zeros up to the next multiple.</summary>
    public void Align(int multiple)
    {
        for (long left = (multiple - (Position % multiple)) % multiple; left > 0; left--)
        {
            Write([0]);
        }
    }

    /// <summary>Makes everything durable.</summary>
    public void Finish()
    {
        Flush();
        _file.Sync();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Flush()
    {
        _file.Write(_flushed, _buffer.Written);
        _flushed += _buffer.Length;
        _buffer.Clear();
    }
}
