using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RemoteStore.Primitives.Memory;

/// <summary>
/// Open-addressing table from 32-bit hashes to non-zero 32-bit values, eight bytes a slot. Keys live elsewhere: the caller compares. Slots are ordered by
/// hash (the home slot is the hash scaled to the table's size), so growing is one sequential pass and sizes need not be powers of two.
/// </summary>
/// <remarks>Not safe for concurrent use. Hashes must be uniform and, where others choose the keys, seeded.</remarks>
public sealed unsafe class SlotTable : IDisposable
{
    private const uint FirstSize = 64;
    private ulong* _slots;
    private uint _size;
    private uint _limit;

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the slots.</summary>
    public long AllocatedBytes => (long)_size * sizeof(ulong);

    /// <summary>Where probing for a hash begins; pass it to <see cref="Next"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Start(uint hash) => (uint)(((ulong)hash * _size) >> 32);

    /// <summary>The next value stored under <paramref name="hash"/>, 0 when there is none.</summary>
    /// <param name="hash">As inserted.</param>
    /// <param name="position">From <see cref="Start"/>; moves on.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Next(uint hash, ref uint position)
    {
        if (_size == 0)
        {
            return 0;
        }

        while (true)
        {
            ulong slot = _slots[position]; // Safety: position < _size, by Start and the wrap below; a free slot always exists.
            if (slot == 0)
            {
                return 0;
            }

            position = position + 1 == _size ? 0 : position + 1;
            if ((uint)(slot >> 32) == hash)
            {
                return (uint)slot;
            }
        }
    }

    /// <summary>Brings the home slot of a hash to the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint hash)
    {
        if (Sse.IsSupported && _size != 0)
        {
            Sse.Prefetch0(_slots + Start(hash));
        }
    }

    /// <summary>Adds an entry; equal hashes may repeat.</summary>
    public void Insert(uint hash, uint value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(value);
        if ((uint)Count >= _limit)
        {
            Grow();
        }

        Place(_slots, _size, ((ulong)hash << 32) | value);
        Count++;
    }

    /// <summary>Makes room for <paramref name="entries"/> entries in all.</summary>
    public void EnsureCapacity(int entries)
    {
        ulong size = ((ulong)entries * 4 / 3) + FirstSize;
        if (size > _size && entries > Count)
        {
            Resize(checked((uint)size));
        }
    }

    /// <summary>Removes all entries and gives the memory back.</summary>
    public void Clear()
    {
        Dispose();
        Count = 0;
    }

    /// <summary>Frees the slots; the table is then empty.</summary>
    public void Dispose()
    {
        if (_slots is not null)
        {
            NativePages.Free((nint)_slots, (nuint)_size * sizeof(ulong));
        }

        _slots = null;
        _size = 0;
        _limit = 0;
        Count = 0;
    }

    private static void Place(ulong* slots, uint size, ulong slot)
    {
        uint position = (uint)(((slot >> 32) * size) >> 32);
        while (slots[position] != 0)
        {
            position = position + 1 == size ? 0 : position + 1;
        }

        slots[position] = slot;
    }

    private void Grow() => Resize(_size == 0 ? FirstSize : checked(_size + (_size / 2)));

    private void Resize(uint size)
    {
        ulong* slots = (ulong*)NativePages.Allocate((nuint)size * sizeof(ulong));
        for (uint i = 0; i < _size; i++)
        {
            if (_slots[i] != 0)
            {
                Place(slots, size, _slots[i]);
            }
        }

        if (_slots is not null)
        {
            NativePages.Free((nint)_slots, (nuint)_size * sizeof(ulong));
        }

        _slots = slots;
        _size = size;
        _limit = size - (size / 4); // linear probing stays short up to three quarters
    }
}
