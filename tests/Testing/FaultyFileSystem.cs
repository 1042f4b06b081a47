using RemoteStore.Primitives.Files;

namespace RemoteStore.Testing;

/// <summary>What a call to a file system does.</summary>
public enum FaultyCall
{
    Create,
    OpenExisting,
    CreateDirectory,
    Move,
    DeleteFile,
    DeleteDirectory,
    SyncDirectory,
    Write,
    Sync,
    SetLength,
}

/// <summary>
/// A file system that fails on purpose: full disks write what fits and then throw, chosen calls throw before they do anything. Everything else goes to
/// the file system behind it. Safe for concurrent use.
/// </summary>
public sealed class FaultyFileSystem(IFileSystem inner) : IFileSystem
{
    private readonly Lock _lock = new(); // guards the fields below
    private readonly List<(FaultyCall Operation, string Path)> _calls = [];
    private long _freeBytes = long.MaxValue;
    private Func<FaultyCall, string, bool>? _shouldFail;

    /// <summary>Over the real file system.</summary>
    public FaultyFileSystem()
        : this(LocalFileSystem.Instance)
    {
    }

    /// <summary>Bytes that can still be written, whether they extend a file or not; then the disk is full.</summary>
    public long FreeBytes
    {
        get
        {
            lock (_lock)
            {
                return _freeBytes;
            }
        }

        set
        {
            lock (_lock)
            {
                _freeBytes = value;
            }
        }
    }

    /// <summary>All calls so far, failed ones included.</summary>
    public IReadOnlyList<(FaultyCall Operation, string Path)> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Calls for which this returns true throw; null for none.</summary>
    public void FailWhen(Func<FaultyCall, string, bool>? shouldFail)
    {
        lock (_lock)
        {
            _shouldFail = shouldFail;
        }
    }

    /// <summary>The next call of this kind throws, once.</summary>
    public void FailNext(FaultyCall operation)
    {
        bool armed = true;
        FailWhen((o, _) =>
        {
            bool fail = armed && o == operation;
            armed &= !fail;
            return fail;
        });
    }

    public IWritableFile Create(string path)
    {
        Enter(FaultyCall.Create, path);
        return new FaultyFile(this, inner.Create(path));
    }

    public IWritableFile OpenExisting(string path)
    {
        Enter(FaultyCall.OpenExisting, path);
        return new FaultyFile(this, inner.OpenExisting(path));
    }

    public void CreateDirectory(string path)
    {
        Enter(FaultyCall.CreateDirectory, path);
        inner.CreateDirectory(path);
    }

    public void Move(string source, string destination)
    {
        Enter(FaultyCall.Move, destination);
        inner.Move(source, destination);
    }

    public void DeleteFile(string path)
    {
        Enter(FaultyCall.DeleteFile, path);
        inner.DeleteFile(path);
    }

    public void DeleteDirectory(string path)
    {
        Enter(FaultyCall.DeleteDirectory, path);
        inner.DeleteDirectory(path);
    }

    public void SyncDirectory(string path)
    {
        Enter(FaultyCall.SyncDirectory, path);
        inner.SyncDirectory(path);
    }

    private void Enter(FaultyCall operation, string path)
    {
        lock (_lock)
        {
            _calls.Add((operation, path));
            if (_shouldFail?.Invoke(operation, path) == true)
            {
                throw new IOException($"injected: {operation} of {path}");
            }
        }
    }

    private int TakeSpace(int wanted)
    {
        lock (_lock)
        {
            int granted = (int)Math.Min(wanted, _freeBytes);
            _freeBytes -= _freeBytes == long.MaxValue ? 0 : granted;
            return granted;
        }
    }

    private sealed class FaultyFile(FaultyFileSystem owner, IWritableFile file) : IWritableFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            owner.Enter(FaultyCall.Write, Path);
            int granted = owner.TakeSpace(bytes.Length);
            file.Write(offset, bytes[..granted]);
            if (granted < bytes.Length)
            {
                throw new IOException($"injected: no space left on device, {granted} of {bytes.Length} bytes written to {Path}");
            }
        }

        public void Sync()
        {
            owner.Enter(FaultyCall.Sync, Path);
            file.Sync();
        }

        public void SetLength(long lengthBytes)
        {
            owner.Enter(FaultyCall.SetLength, Path);
            file.SetLength(lengthBytes);
        }

        public void Dispose() => file.Dispose();
    }
}
