using RemoteStore.Primitives.Files;
using RemoteStore.Testing;

namespace RemoteStore.Histories.Tests.Store;

/// <summary>
/// Files that are not synced, as a killed process needs none. Can copy the store's folder in the middle of what changes it: the folder as a process
/// leaves it that dies there.
/// </summary>
internal sealed class ScratchFileSystem(IFileSystem inner) : IFileSystem
{
    private readonly Lock _lock = new(); // guards the countdown, and keeps changes out of the copy
    private int _countdown;
    private Action? _copy;

    /// <summary>True when the copy that was asked for has been made.</summary>
    public bool HasCopied { get; private set; }

    /// <summary>Copies the folder before the <paramref name="change"/>th change from now.</summary>
    public void CopyBefore(int change, string from, string to)
    {
        lock (_lock)
        {
            _countdown = change;
            _copy = () => DirectoryCopy.Copy(from, to);
            HasCopied = false;
        }
    }

    /// <summary>Copies nothing any more.</summary>
    public void Disarm()
    {
        lock (_lock)
        {
            _copy = null;
        }
    }

    public IWritableFile Create(string path) => Change(() => new ScratchFile(this, inner.Create(path)));

    public IWritableFile OpenExisting(string path) => new ScratchFile(this, inner.OpenExisting(path));

    public void CreateDirectory(string path) => Change(() => inner.CreateDirectory(path));

    public void Move(string source, string destination) => Change(() => inner.Move(source, destination));

    public void DeleteFile(string path) => Change(() => inner.DeleteFile(path));

    public void DeleteDirectory(string path) => Change(() => inner.DeleteDirectory(path));

    public void SyncDirectory(string path)
    {
        // A killed process loses nothing that was written.
    }

    private void Change(Action change) => Change(() =>
    {
        change();
        return true;
    });

    private T Change<T>(Func<T> change)
    {
        lock (_lock)
        {
            Count();
            return change();
        }
    }

    private void Count()
    {
        if (_copy is not null && --_countdown <= 0)
        {
            _copy();
            _copy = null;
            HasCopied = true;
        }
    }

    private sealed class ScratchFile(ScratchFileSystem owner, IWritableFile inner) : IWritableFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (owner._lock)
            {
                owner.Count();
                inner.Write(offset, bytes);
            }
        }

        public void Sync()
        {
            // See above.
        }

        public void SetLength(long lengthBytes)
        {
            lock (owner._lock)
            {
                owner.Count();
                inner.SetLength(lengthBytes);
            }
        }

        public void Dispose() => inner.Dispose();
    }
}
