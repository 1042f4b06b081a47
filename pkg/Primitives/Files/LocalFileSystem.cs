using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RemoteStore.Primitives.Files;

/// <summary>The operating system's files.</summary>
public sealed partial class LocalFileSystem : IFileSystem
{
    /// <summary>The one instance; it has no state.</summary>
    public static LocalFileSystem Instance { get; } = new();

    private LocalFileSystem()
    {
    }

    /// <inheritdoc/>
    public IWritableFile Create(string path) => new LocalFile(path, FileMode.Create);

    /// <inheritdoc/>
    public IWritableFile OpenExisting(string path) => new LocalFile(path, FileMode.Open);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public void Move(string source, string destination)
    {
        if (Directory.Exists(source))
        {
            Directory.Move(source, destination);
        }
        else
        {
            File.Move(source, destination, overwrite: true);
        }
    }

    /// <inheritdoc/>
    public void DeleteFile(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Deleting what is not there is the outcome asked for.
        }
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // As above.
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals directory entries; there is no call for it.
        }

        // .NET opens no handles on directories, so this one call goes to libc.
        int fd = Native.Open(path, Native.ReadOnly);
        if (fd < 0)
        {
            throw new IOException($"open directory {path} to sync it: errno {Marshal.GetLastPInvokeError()}");
        }

        try
        {
            if (Native.Fsync(fd) != 0)
            {
                throw new IOException($"sync directory {path}: errno {Marshal.GetLastPInvokeError()}");
            }
        }
        finally
        {
            _ = Native.Close(fd);
        }
    }

    private static partial class Native
    {
        public const int ReadOnly = 0;

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        public static partial int Fsync(int fd);

        [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
        public static partial int Fdatasync(SafeFileHandle fd);

        [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
        public static partial int Close(int fd);
    }

    private sealed class LocalFile : IWritableFile
    {
        private readonly SafeFileHandle _handle;

        public LocalFile(string path, FileMode mode)
        {
            Path = path;
            _handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }

        public string Path { get; }

        public long Length => RandomAccess.GetLength(_handle);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

        public void Sync()
        {
            if (OperatingSystem.IsLinux())
            {
                // RandomAccess.FlushToDisk ignores some errors (EROFS, EINVAL, ENOTSUP); a lost fsync must never be silent.
                if (Native.Fdatasync(_handle) != 0)
                {
                    throw new IOException($"sync {Path}: errno {Marshal.GetLastPInvokeError()}");
                }
            }
            else
            {
                RandomAccess.FlushToDisk(_handle);
            }
        }

        public void SetLength(long lengthBytes) => RandomAccess.SetLength(_handle, lengthBytes);

        public void Dispose() => _handle.Dispose();
    }
}
