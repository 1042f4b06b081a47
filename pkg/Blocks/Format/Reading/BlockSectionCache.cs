using RemoteStore.Primitives.Memory;
using ZstdSharp;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// Decoded sections of open blocks, bounded in bytes; those used longest ago go first. All blocks of a process share one. Also lends out what decoding
/// needs. Safe for concurrent use.
/// </summary>
public sealed class BlockSectionCache : IDisposable
{
    /// <summary>Bytes that a cache holds unless told otherwise.</summary>
    public const long DefaultBytes = 32 << 20;

    private const int EntryOverhead = 150; // dictionary, list node and object headers
    private const int MaxIdleDecompressors = 8;
    private const long MinIdleBytes = 8 << 20;
    private const long MaxLentBytes = 128 << 20; // ten indexes of a million series

    private readonly long _maxBytes;
    private readonly Lock _lock = new(); // guards the collections and counts
    private readonly Dictionary<Key, LinkedListNode<Entry>> _byKey = [];
    private readonly LinkedList<Entry> _recent = new();
    private readonly Stack<Decompressor> _decompressors = new();
    private long _lastOwner;
    private long _lentBytes;
    private bool _disposed;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="maxBytes">Most bytes of sections that stay when nobody uses them.</param>
    public BlockSectionCache(long maxBytes = DefaultBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        _maxBytes = maxBytes;
        Buffers = new BufferPool(Math.Max(MinIdleBytes, maxBytes / 4));
    }

    /// <summary>Bytes of the sections held.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// Buffers that stored bytes are read into; idle ones take a quarter of what the cache does, and no less than a query needs that makes eight reads of up to 1 MiB
    /// at a time.
    /// </summary>
    internal BufferPool Buffers { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _byKey.Clear();
            _recent.Clear();
            Bytes = 0;
            while (_decompressors.TryPop(out Decompressor? decompressor))
            {
                decompressor.Dispose();
            }
        }
    }

    /// <summary>
    /// Takes leave to hold bytes outside of the cache for a moment; give it back with <see cref="EndLoan"/>. False when all views together hold too much already:
    /// then smaller pieces have to do. The first one always may.
    /// </summary>
    internal bool TryLend(long bytes)
    {
        lock (_lock)
        {
            if (_lentBytes > 0 && _lentBytes + bytes > MaxLentBytes)
            {
                return false;
            }

            _lentBytes += bytes;
            return true;
        }
    }

    /// <summary>Gives leave back.</summary>
    internal void EndLoan(long bytes)
    {
        lock (_lock)
        {
            _lentBytes -= bytes;
        }
    }

    /// <summary>Bytes that views hold by leave; for tests.</summary>
    internal long LentBytes
    {
        get
        {
            lock (_lock)
            {
                return _lentBytes;
            }
        }
    }

    /// <summary>A number under which one open block keeps its sections.</summary>
    internal long NewOwner() => Interlocked.Increment(ref _lastOwner);

    /// <summary>Finds a section.</summary>
    internal T? Find<T>(long owner, BlockSection kind, int number)
        where T : class
    {
        lock (_lock)
        {
            if (!_byKey.TryGetValue(new(owner, kind, number), out LinkedListNode<Entry>? node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            return (T)node.Value.Section;
        }
    }

    /// <summary>Keeps a section, which must not change any more.</summary>
    internal void Add(long owner, BlockSection kind, int number, object section, long sizeBytes)
    {
        long size = sizeBytes + EntryOverhead;
        if (size > _maxBytes / 4)
        {
            return; // one giant would push out everything else
        }

        var key = new Key(owner, kind, number);
        lock (_lock)
        {
            if (_disposed || _byKey.ContainsKey(key))
            {
                return;
            }

            _byKey[key] = _recent.AddFirst(new Entry(key, section, size));
            Bytes += size;
            while (Bytes > _maxBytes)
            {
                Remove(_recent.Last!);
            }
        }
    }

    /// <summary>Drops all sections of a block.</summary>
    internal void Forget(long owner)
    {
        lock (_lock)
        {
            for (LinkedListNode<Entry>? node = _recent.First; node is not null;)
            {
                LinkedListNode<Entry>? next = node.Next;
                if (node.Value.Key.Owner == owner)
                {
                    Remove(node);
                }

                node = next;
            }
        }
    }

    /// <summary>Decompresses one zstd frame into exactly <paramref name="destination"/>.</summary>
    /// <exception cref="InvalidDataException">It is none, or has another length.</exception>
    internal void Decompress(ReadOnlySpan<byte> stored, Span<byte> destination)
    {
        Decompressor decompressor = RentDecompressor();
        try
        {
            if (!decompressor.TryUnwrap(stored, destination, out int written) || written != destination.Length)
            {
                throw new InvalidDataException("it decompresses to another length than it says");
            }
        }
        catch (ZstdException broken)
        {
            throw new InvalidDataException($"it does not decompress: {broken.Message}", broken);
        }
        finally
        {
            Return(decompressor);
        }
    }

    private Decompressor RentDecompressor()
    {
        lock (_lock)
        {
            if (_decompressors.TryPop(out Decompressor? idle))
            {
                return idle;
            }
        }

        return new Decompressor();
    }

    private void Return(Decompressor decompressor)
    {
        lock (_lock)
        {
            if (!_disposed && _decompressors.Count < MaxIdleDecompressors)
            {
                _decompressors.Push(decompressor);
                return;
            }
        }

        decompressor.Dispose();
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _recent.Remove(node);
        _byKey.Remove(node.Value.Key);
        Bytes -= node.Value.SizeBytes;
    }

    private readonly record struct Key(long Owner, BlockSection Kind, int Number);

    private sealed record Entry(Key Key, object Section, long SizeBytes);
}
