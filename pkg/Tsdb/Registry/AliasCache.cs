using System.Runtime.CompilerServices;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// Remembers non-canonical label bytes as some senders write them (unsorted, with empty values), so that only their first sample pays for canonical
/// form. Bounded: when full it forgets everything and fills anew.
/// </summary>
internal sealed class AliasCache : IDisposable
{
    /// <summary>Most entries.</summary>
    public const int MaxEntries = 64 << 10;

    /// <summary>Most native memory in bytes, nearly.</summary>
    public const int MaxBytes = 16 << 20;

    private const int LargestEntry = 64 << 10;

    private readonly SlotTable _slots = new();
    private NativeArena _arena = new();

    /// <summary>Number of entries.</summary>
    public int Count => _slots.Count;

    /// <summary>Native memory in bytes.</summary>
    public long AllocatedBytes => _arena.AllocatedBytes + _slots.AllocatedBytes;

    /// <summary>The record that was added for these bytes, 0 when they are not here.</summary>
    public uint Find(ReadOnlySpan<byte> raw, uint hash)
    {
        uint position = _slots.Start(hash);
        for (uint entry; (entry = _slots.Next(hash, ref position)) != 0;)
        {
            ref Entry found = ref _arena.At<Entry>(entry);
            if (found.Length == raw.Length && _arena.Bytes(entry, Unsafe.SizeOf<Entry>(), raw.Length).SequenceEqual(raw))
            {
                return found.Record;
            }
        }

        return 0;
    }

    /// <summary>Remembers a record under these bytes. Very long bytes are not worth it.</summary>
    public void Add(ReadOnlySpan<byte> raw, uint hash, uint record)
    {
        if (raw.Length > LargestEntry || Find(raw, hash) != 0)
        {
            return;
        }

        if (_slots.Count >= MaxEntries || AllocatedBytes >= MaxBytes)
        {
            _slots.Clear();
            _arena.Dispose();
            _arena = new NativeArena();
        }

        uint entry = _arena.Allocate(Unsafe.SizeOf<Entry>() + raw.Length);
        _arena.At<Entry>(entry) = new Entry { Record = record, Length = raw.Length };
        raw.CopyTo(_arena.Bytes(entry, Unsafe.SizeOf<Entry>(), raw.Length));
        _slots.Insert(hash, entry);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _slots.Dispose();
        _arena.Dispose();
    }

    private struct Entry
    {
        public uint Record;
        public int Length;
    }
}
