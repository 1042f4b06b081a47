using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using RemoteStore.Primitives.Files;

namespace RemoteStore.ObjectStore.Buckets;

/// <summary>
/// Objects as files below a directory. A write goes to a temporary file that is synced, then renamed, then the folders are synced: after a crash there is
/// the old object or the new one. One process uses the directory.
/// </summary>
public sealed class FileSystemBucket : IBucket
{
    private const int CopyBytes = 1 << 17;
    private const string HeldName = "being used"; // with a space, as no key has one

    private readonly IFileSystem _files;
    private readonly string _root;
    private readonly string _temporary;
    private readonly string _held;
    private readonly bool _readOnly;
    private readonly Lock _naming = new(); // serialises renames, so that CreateOnly has one winner
    private long _number;

    /// <summary>Opens or makes the directory; removes what unfinished writes of an earlier process left.</summary>
    /// <exception cref="IOException">It cannot be used.</exception>
    public FileSystemBucket(IFileSystem files, string directory)
        : this(files, directory, readOnly: false)
    {
        files.DeleteDirectory(_temporary);
        files.CreateDirectory(_temporary);
    }

    private FileSystemBucket(IFileSystem files, string directory, bool readOnly)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        _temporary = Path.Combine(_root, "being written"); // with a space, as no key has one
        _held = Path.Combine(_root, HeldName);
        _readOnly = readOnly;
    }

    /// <summary>Opens a directory that another process may be using; it is left as it is, and writes are refused.</summary>
    public static FileSystemBucket OpenToRead(string directory) => new(LocalFileSystem.Instance, directory, readOnly: true);

    /// <summary>Makes the directory if need be and holds it until the result is disposed, or the process ends: one process at a time writes to it.</summary>
    /// <exception cref="IOException">Another process holds it, or it cannot be used.</exception>
    public static IDisposable Hold(string directory)
    {
        string full = Path.GetFullPath(directory);
        try
        {
            Directory.CreateDirectory(full);
            return new FileStream(Path.Combine(full, HeldName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the bucket in {full} cannot be used, or another process is using it: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public string Description => $"directory {_root}";

    /// <inheritdoc/>
    public bool IsCreateAtomic => true;

    /// <inheritdoc/>
    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Run("stat", key, () => Attributes(new FileInfo(PathOf(key)))));
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        using SafeFileHandle file = Open(key);
        int total = 0;
        try
        {
            while (total < destination.Length)
            {
                int count = await RandomAccess.ReadAsync(file, destination[total..], offset + total, cancellationToken).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                total += count;
            }
        }
        catch (IOException e)
        {
            throw Failure("read", key, e);
        }

        return total;
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken)
    {
        long size;
        using (SafeFileHandle file = Open(key))
        {
            size = RandomAccess.GetLength(file);
        }

        if (size > maxBytes)
        {
            throw BucketErrors.TooLarge(key, size, maxBytes);
        }

        byte[] bytes = new byte[size];
        int count = await ReadAsync(key, 0, bytes, cancellationToken).ConfigureAwait(false);
        return count == size ? bytes : throw new BucketException("read", key, "the object became shorter", isTransient: true);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        string path = PathToChange(key);
        string temporary = Path.Combine(_temporary, Interlocked.Increment(ref _number).ToString(System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            await CopyAsync(key, content, temporary, cancellationToken).ConfigureAwait(false);
            _ = Run("write", key, () => Publish(key, temporary, path, mode));
        }
        catch
        {
            _files.DeleteFile(temporary);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = PathToChange(key);
        _ = Run("delete", key, () =>
        {
            if (File.Exists(path))
            {
                _files.DeleteFile(path);
                _files.SyncDirectory(Path.GetDirectoryName(path)!);
            }

            RemoveEmptyFolders(Path.GetDirectoryName(path)!);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        int slash = prefix.LastIndexOf('/');
        foreach (ObjectAttributes one in Walk(slash < 0 ? "" : prefix[..(slash + 1)], prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return one;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach ((string name, bool isFolder) in Entries(prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string folder = prefix + name;
            if (isFolder && Walk(folder, folder).Any())
            {
                yield return name[..^1];
            }
        }
    }

    private static ObjectAttributes? Attributes(FileInfo file, string key) =>
        file.Exists ? new ObjectAttributes(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds()) : null;

    private static BucketException Failure(string operation, string key, Exception cause) =>
        new(operation, key, cause.Message, isTransient: cause is not UnauthorizedAccessException, cause);

    private ObjectAttributes? Attributes(FileInfo file) => Attributes(file, Path.GetRelativePath(_root, file.FullName));

    /// <summary>Objects of a folder (empty, or ending in a slash) whose key begins with the prefix, in order of keys.</summary>
    private IEnumerable<ObjectAttributes> Walk(string folder, string prefix)
    {
        foreach ((string name, bool isFolder) in Entries(folder))
        {
            string key = folder + name;
            if (isFolder && (key.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(key, StringComparison.Ordinal)))
            {
                foreach (ObjectAttributes one in Walk(key, prefix))
                {
                    yield return one;
                }
            }
            else if (!isFolder && key.StartsWith(prefix, StringComparison.Ordinal) && Attributes(new FileInfo(Path.Combine(_root, key)), key) is { } found)
            {
                yield return found;
            }
        }
    }

    /// <summary>Names in a folder in order of keys; those of folders end in a slash, which takes part in the order.</summary>
    private List<(string Name, bool IsFolder)> Entries(string folder)
    {
        var directory = new DirectoryInfo(Path.Combine(_root, folder));
        return Run("list", folder, () =>
        {
            var entries = new List<(string Name, bool IsFolder)>();
            if (directory.Exists)
            {
                foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos())
                {
                    bool isFolder = entry is DirectoryInfo;
                    if (entry.FullName != _temporary && entry.FullName != _held)
                    {
                        entries.Add((isFolder ? entry.Name + "/" : entry.Name, isFolder));
                    }
                }
            }

            entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        });
    }

    private async ValueTask CopyAsync(string key, IObjectContent content, string temporary, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[(int)Math.Clamp(content.LengthBytes, 1, CopyBytes)];
        await using Stream source = content.Open(); // out here, so that a local file that cannot be opened is no failure of the bucket
        try
        {
            using IWritableFile file = _files.Create(temporary);
            long offset = 0;
            for (int count; (count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; offset += count)
            {
                file.Write(offset, buffer.AsSpan(0, count));
            }

            if (offset != content.LengthBytes)
            {
                throw new BucketException("write", key, "the content has another length than it said", isTransient: false);
            }

            file.Sync();
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) and not BucketException)
        {
            throw Failure("write", key, e);
        }
    }

    private bool Publish(string key, string temporary, string path, WriteMode mode)
    {
        string folder = Path.GetDirectoryName(path)!;
        lock (_naming)
        {
            if (mode == WriteMode.CreateOnly && File.Exists(path))
            {
                throw new ObjectExistsException(key);
            }

            string made = MakeFolders(folder);
            _files.Move(temporary, path);
            for (string changed = folder; ; changed = Path.GetDirectoryName(changed)!)
            {
                _files.SyncDirectory(changed);
                if (changed.Length <= made.Length)
                {
                    return true;
                }
            }
        }
    }

    /// <summary>Makes a folder with its parents; returns the deepest one that was there before.</summary>
    private string MakeFolders(string folder)
    {
        string existing = folder;
        while (existing.Length > _root.Length && !Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        _files.CreateDirectory(folder);
        return existing;
    }

    /// <summary>Removes folders that hold nothing any more; others may be filling them, so it gives up at the first that is not empty.</summary>
    private void RemoveEmptyFolders(string folder)
    {
        lock (_naming)
        {
            while (folder.Length > _root.Length && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                _files.DeleteDirectory(folder);
                folder = Path.GetDirectoryName(folder)!;
            }
        }
    }

    private SafeFileHandle Open(string key)
    {
        string path = PathOf(key);
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ObjectNotFoundException("read", key, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Directory.Exists(path) ? new ObjectNotFoundException("read", key, e) : Failure("read", key, e);
        }
    }

    private string PathOf(string key)
    {
        ObjectKey.Check(key);
        return Path.Combine(_root, key);
    }

    private string PathToChange(string key) =>
        _readOnly ? throw new InvalidOperationException($"{Description} is open to be read only") : PathOf(key);

    private static T Run<T>(string operation, string key, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) and not BucketException)
        {
            throw Failure(operation, key, e);
        }
    }
}
