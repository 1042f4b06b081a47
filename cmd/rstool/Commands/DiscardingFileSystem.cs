using RemoteStore.Primitives.Files;

namespace RemoteStore.Tool.Commands;

/// <summary>Accepts every change and makes none, so that looking at a damaged log leaves no copies behind.</summary>
internal sealed class DiscardingFileSystem : IFileSystem
{
    /// <inheritdoc/>
    public IWritableFile Create(string path) => new DiscardingFile(path);

    /// <inheritdoc/>
    public IWritableFile OpenExisting(string path) => new DiscardingFile(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
    }

    /// <inheritdoc/>
    public void Move(string source, string destination)
    {
    }

    /// <inheritdoc/>
    public void DeleteFile(string path)
    {
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
    }

    private sealed class DiscardingFile(string path) : IWritableFile
    {
        public string Path => path;

        public long Length { get; private set; }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => Length = Math.Max(Length, offset + bytes.Length);

        public void Sync()
        {
        }

        public void SetLength(long lengthBytes) => Length = lengthBytes;

        public void Dispose()
        {
        }
    }
}
