namespace RemoteStore.ObjectStore;

/// <summary>Bytes to be written as an object. It can be opened again, because a write may have to be repeated.</summary>
public interface IObjectContent
{
    /// <summary>Number of bytes.</summary>
    long LengthBytes { get; }

    /// <summary>Opens it at its first byte; the caller disposes the stream.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    Stream Open();
}

/// <summary>Bytes in memory, which must not change until the write is over.</summary>
public sealed class MemoryContent(ReadOnlyMemory<byte> bytes) : IObjectContent
{
    /// <inheritdoc/>
    public long LengthBytes => bytes.Length;

    /// <inheritdoc/>
    public Stream Open() => System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
        ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);
}

/// <summary>A file, which must not change until the write is over.</summary>
public sealed class FileContent : IObjectContent
{
    private const int BufferBytes = 1 << 16;

    private readonly string _path;

    /// <summary>Takes note of the file's length.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    public FileContent(string path)
    {
        _path = path;
        LengthBytes = new FileInfo(path).Length;
    }

    /// <inheritdoc/>
    public long LengthBytes { get; }

    /// <inheritdoc/>
    public Stream Open() => new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);
}
