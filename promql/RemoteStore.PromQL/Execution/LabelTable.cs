using RemoteStore.Primitives.Hashing;

namespace RemoteStore.PromQL.Execution;

/// <summary>Numbers distinct byte strings (label sets, signatures, grouping keys) in the order in which they are first seen.</summary>
internal sealed class LabelTable : IDisposable
{
    private readonly QueryMemory _memory;
    private readonly KeyHash _hash;
    private int[] _slots = [];
    private int _slotCount = 64;
    private int[] _ends = [];
    private long[] _hashes = [];
    private byte[] _bytes = [];
    private int _length;

    public LabelTable(QueryContext query)
    {
        _memory = query.Memory;
        _hash = query.Hash;
        try
        {
            _slots = _memory.RentInts(_slotCount);
            _slots.AsSpan(0, _slotCount).Fill(-1);
            _ends = _memory.RentInts(16);
            _hashes = _memory.RentLongs(16);
            _bytes = _memory.RentBytes(512);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Number of distinct strings.</summary>
    public int Count { get; private set; }

    /// <summary>The string with that number; valid until one is added.</summary>
    public ReadOnlySpan<byte> Bytes(int number) => _bytes.AsSpan((number == 0 ? 0 : _ends[number - 1]).._ends[number]);

    /// <summary>Number of the string, -1 when it was not seen.</summary>
    public int Find(ReadOnlySpan<byte> bytes) => _slots[Slot(bytes, (long)_hash.Hash(bytes))];

    /// <summary>Number of the string, which is added when it was not seen; then the result equals the count before.</summary>
    public int GetOrAdd(ReadOnlySpan<byte> bytes)
    {
        long hash = (long)_hash.Hash(bytes);
        int slot = Slot(bytes, hash);
        if (_slots[slot] >= 0)
        {
            return _slots[slot];
        }

        if (Count * 2 >= _slotCount)
        {
            Rehash();
            slot = Slot(bytes, hash);
        }

        Append(bytes, hash);
        _slots[slot] = Count;
        return Count++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Return(_slots);
        _memory.Return(_ends);
        _memory.Return(_hashes);
        _memory.Return(_bytes);
        _slots = [];
        _ends = [];
        _hashes = [];
        _bytes = [];
    }

    private int Slot(ReadOnlySpan<byte> bytes, long hash)
    {
        int mask = _slotCount - 1;
        int slot = (int)(hash ^ (hash >> 32)) & mask;
        while (_slots[slot] >= 0 && (_hashes[_slots[slot]] != hash || !Bytes(_slots[slot]).SequenceEqual(bytes)))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Append(ReadOnlySpan<byte> bytes, long hash)
    {
        if (Count == _ends.Length)
        {
            _memory.Grow(ref _ends, Count, Count + 1);
        }

        if (Count == _hashes.Length)
        {
            _memory.Grow(ref _hashes, Count, Count + 1);
        }

        if (bytes.Length > _bytes.Length - _length)
        {
            _memory.Grow(ref _bytes, _length, (long)_length + bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        _ends[Count] = _length;
        _hashes[Count] = hash;
    }

    private void Rehash()
    {
        int count = checked(_slotCount * 4);
        int[] slots = _memory.RentInts(count);
        slots.AsSpan(0, count).Fill(-1);
        for (int number = 0; number < Count; number++)
        {
            long hash = _hashes[number];
            int slot = (int)(hash ^ (hash >> 32)) & (count - 1);
            while (slots[slot] >= 0)
            {
                slot = (slot + 1) & (count - 1);
            }

            slots[slot] = number;
        }

        _memory.Return(_slots);
        (_slots, _slotCount) = (slots, count);
    }
}
