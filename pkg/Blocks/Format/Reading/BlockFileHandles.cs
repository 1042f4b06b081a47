using Microsoft.Win32.SafeHandles;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Open files of local blocks, a bounded number of them: the ones used longest ago are closed. Safe for concurrent use.</summary>
/// <remarks>A handle closed while a read is running stays open until the read is over; that is the platform's promise for safe handles.</remarks>
public sealed class BlockFileHandles : IDisposable
{
    private readonly int _maxOpen;
    private readonly Lock _lock = new(); // guards both collections and _disposed; no I/O under it but closing
    private readonly Dictionary<string, LinkedListNode<(string Path, SafeFileHandle Handle)>> _byPath = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Path, SafeFileHandle Handle)> _recent = new();
    private bool _disposed;

    /// <summary>Creates an empty set.</summary>
    /// <param name="maxOpen">Most files that stay open.</param>
    public BlockFileHandles(int maxOpen = 256)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxOpen, 1);
        _maxOpen = maxOpen;
    }

    /// <summary>Files that are open now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _recent.Count;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach ((_, SafeFileHandle handle) in _recent)
            {
                handle.Dispose();
            }

            _recent.Clear();
            _byPath.Clear();
        }
    }

    /// <summary>The handle of a file, opened if it is not. It may be closed at any moment: a read that meets a closed one asks again.</summary>
    internal SafeFileHandle Get(string path)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_byPath.TryGetValue(path, out LinkedListNode<(string Path, SafeFileHandle Handle)>? node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                return node.Value.Handle;
            }
        }

        SafeFileHandle opened = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        lock (_lock)
        {
            if (_disposed || _byPath.ContainsKey(path))
            {
                return opened; // nobody else holds it: its finalizer closes it
            }

            _byPath[path] = _recent.AddFirst((path, opened));
            if (_recent.Count > _maxOpen)
            {
                Close(_recent.Last!);
            }

            return opened;
        }
    }

    /// <summary>Closes a file, if it is open.</summary>
    internal void Forget(string path)
    {
        lock (_lock)
        {
            if (_byPath.TryGetValue(path, out LinkedListNode<(string Path, SafeFileHandle Handle)>? node))
            {
                Close(node);
            }
        }
    }

    private void Close(LinkedListNode<(string Path, SafeFileHandle Handle)> node)
    {
        _recent.Remove(node);
        _byPath.Remove(node.Value.Path);
        node.Value.Handle.Dispose();
    }
}
