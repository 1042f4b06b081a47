using RemoteStore.Primitives.Files;

namespace RemoteStore.Testing;

/// <summary>
/// Works on the real disk and writes down, in order, everything that changes it or makes a change durable. <see cref="CrashImage"/> builds from that
/// what a power loss at any moment could leave behind.
/// </summary>
/// <remarks>What lies under the root when it is created counts as durable. Safe for concurrent use.</remarks>
public sealed class RecordingFileSystem : IFileSystem
{
    private readonly LocalFileSystem _inner = LocalFileSystem.Instance;
    private readonly Lock _lock = new(); // guards _operations and _fileIds, and makes their order the order on disk
    private readonly List<FileOperation> _operations = [];
    private readonly Dictionary<string, int> _fileIds = new(StringComparer.Ordinal);
    private int _lastFileId;

    /// <summary>Starts recording.</summary>
    /// <param name="root">Existing directory that everything recorded lies under.</param>
    public RecordingFileSystem(string root)
    {
        Root = Path.GetFullPath(root);
        foreach (string directory in Directory.EnumerateDirectories(Root, "*", SearchOption.AllDirectories))
        {
            _operations.Add(new FileOperation.MakeDirectory(Relative(directory)));
        }

        foreach (string file in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories))
        {
            int id = NewFile(file);
            _operations.Add(new FileOperation.Create(Relative(file), id));
            _operations.Add(new FileOperation.Write(id, 0, File.ReadAllBytes(file)));
        }

        BaselineCount = _operations.Count;
    }

    /// <summary>Directory that everything recorded lies under.</summary>
    public string Root { get; }

    /// <summary>Operations that stand for what was there before; all of them are durable.</summary>
    public int BaselineCount { get; }

    /// <summary>Number of operations so far; a moment to crash at.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _operations.Count;
            }
        }
    }

    /// <summary>The operations so far.</summary>
    public IReadOnlyList<FileOperation> Operations
    {
        get
        {
            lock (_lock)
            {
                return [.. _operations];
            }
        }
    }

    /// <inheritdoc/>
    public IWritableFile Create(string path)
    {
        lock (_lock)
        {
            IWritableFile file = _inner.Create(path);
            int id = NewFile(path);
            _operations.Add(new FileOperation.Create(Relative(path), id));
            return new RecordingFile(this, file, id);
        }
    }

    /// <inheritdoc/>
    public IWritableFile OpenExisting(string path)
    {
        lock (_lock)
        {
            return new RecordingFile(this, _inner.OpenExisting(path), _fileIds[Path.GetFullPath(path)]);
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Record(() => _inner.CreateDirectory(path), new FileOperation.MakeDirectory(Relative(path)));

    /// <inheritdoc/>
    public void Move(string source, string destination)
    {
        lock (_lock)
        {
            _inner.Move(source, destination);
            _operations.Add(new FileOperation.Rename(Relative(source), Relative(destination)));
            string from = Path.GetFullPath(source);
            string to = Path.GetFullPath(destination);
            foreach ((string path, int id) in _fileIds.Where(f => f.Key == from || f.Key.StartsWith(from + Path.DirectorySeparatorChar, StringComparison.Ordinal)).ToArray())
            {
                _fileIds.Remove(path);
                _fileIds[to + path[from.Length..]] = id;
            }
        }
    }

    /// <inheritdoc/>
    public void DeleteFile(string path) => Record(() => _inner.DeleteFile(path), new FileOperation.Remove(Relative(path)));

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => Record(() => _inner.DeleteDirectory(path), new FileOperation.Remove(Relative(path)));

    /// <inheritdoc/>
    public void SyncDirectory(string path) => Record(() => _inner.SyncDirectory(path), new FileOperation.SyncDirectory(Relative(path)));

    private void Record(Action act, FileOperation operation)
    {
        lock (_lock)
        {
            act();
            _operations.Add(operation);
        }
    }

    private int NewFile(string path) => _fileIds[Path.GetFullPath(path)] = ++_lastFileId;

    private string Relative(string path)
    {
        string full = Path.GetFullPath(path);
        return full == Root || full.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? Path.GetRelativePath(Root, full)
            : throw new ArgumentException($"{path} is not under the recorded root {Root}", nameof(path));
    }

    private sealed class RecordingFile(RecordingFileSystem owner, IWritableFile inner, int id) : IWritableFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            // One copy for disk and record: a caller's memory may change meanwhile, and both must hold the same.
            byte[] copy = bytes.ToArray();
            owner.Record(() => inner.Write(offset, copy), new FileOperation.Write(id, offset, copy));
        }

        public void Sync() => owner.Record(inner.Sync, new FileOperation.Sync(id));

        public void SetLength(long lengthBytes) => owner.Record(() => inner.SetLength(lengthBytes), new FileOperation.SetLength(id, lengthBytes));

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>One recorded step. Paths are relative to the root; files are told apart by id, since names move.</summary>
public abstract record FileOperation
{
    private FileOperation()
    {
    }

    /// <summary>A file was created, or an existing name replaced by an empty file.</summary>
    public sealed record Create(string Path, int FileId) : FileOperation;

    /// <summary>Bytes were written.</summary>
    public sealed record Write(int FileId, long Offset, ReadOnlyMemory<byte> Bytes) : FileOperation;

    /// <summary>A file was cut or extended.</summary>
    public sealed record SetLength(int FileId, long LengthBytes) : FileOperation;

    /// <summary>A file's content became durable.</summary>
    public sealed record Sync(int FileId) : FileOperation;

    /// <summary>A directory and its missing parents were made.</summary>
    public sealed record MakeDirectory(string Path) : FileOperation;

    /// <summary>A file or directory got another name.</summary>
    public sealed record Rename(string Source, string Destination) : FileOperation;

    /// <summary>A file, or a directory with all it held, was removed.</summary>
    public sealed record Remove(string Path) : FileOperation;

    /// <summary>A directory's entries became durable.</summary>
    public sealed record SyncDirectory(string Path) : FileOperation;
}
