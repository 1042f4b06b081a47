using Microsoft.Win32.SafeHandles;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>Bytes on disk for as long as a block is written: appended once, read back in any order. Never synced; whoever finds it may remove it.</summary>
internal sealed class Spool : IDisposable
{
    private const int BufferBytes = 64 << 10; // small enough that the garbage collector does not take it for a large object

    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly IWritableFile _file;
    private readonly ByteBuffer _buffer = new();
    private SafeFileHandle? _readHandle;
    private byte[] _view = [];
    private long _viewStart;
    private long _viewEnd;
    private long _flushed;

    public Spool(IFileSystem files, string directory)
    {
        _files = files;
        _path = Path.Combine(directory, BlockFormat.SpoolName);
        _file = files.Create(_path);
    }

    /// <summary>Bytes appended so far.</summary>
    public long Length => _flushed + _buffer.Length;

    /// <summary>Appends bytes.</summary>
    /// <returns>Where they begin.</returns>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        long at = Length;
        if (_buffer.Length + bytes.Length > BufferBytes)
        {
            Flush();
        }

        if (bytes.Length >= BufferBytes)
        {
            _file.Write(_flushed, bytes);
            _flushed += bytes.Length;
        }
        else
        {
            _buffer.Add(bytes);
        }

        return at;
    }

    /// <summary>Reads back what was appended.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset >= _flushed)
        {
            _buffer.Written.Slice((int)(offset - _flushed), destination.Length).CopyTo(destination);
            return;
        }

        if (offset + destination.Length > _flushed)
        {
            Flush();
        }

        _readHandle ??= File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        int done = 0;
        while (done < destination.Length)
        {
            int read = RandomAccess.Read(_readHandle, destination[done..], offset + done);
            if (read == 0)
            {
                throw new CorruptDataException(_path, offset + done, "the spool ends early");
            }

            done += read;
        }
    }

    /// <summary>Gives back what was appended, valid until the next call and as long as nothing is appended. Whoever goes forward is read ahead for.</summary>
    public ReadOnlySpan<byte> View(long offset, int length)
    {
        if (offset < _viewStart || offset + length > _viewEnd)
        {
            bool forward = offset >= _viewStart && offset - _viewEnd <= BufferBytes;
            int read = forward ? (int)Math.Min(Math.Max(length, BufferBytes), Length - offset) : length;
            if (_view.Length < read)
            {
                _view = GC.AllocateUninitializedArray<byte>(Math.Max(read, BufferBytes));
            }

            Read(offset, _view.AsSpan(0, read));
            _viewStart = offset;
            _viewEnd = offset + read;
        }

        return _view.AsSpan((int)(offset - _viewStart), length);
    }

    /// <summary>Removes the file.</summary>
    public void Dispose()
    {
        _readHandle?.Dispose();
        _file.Dispose();
        _files.DeleteFile(_path);
    }

    private void Flush()
    {
        _file.Write(_flushed, _buffer.Written);
        _flushed += _buffer.Length;
        _buffer.Clear();
    }
}
