using System.Runtime.InteropServices;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>A long list of numbers in the spool, written once and read in its order, in stretches that never part an item.</summary>
internal sealed class IntSpool(Spool spool)
{
    private const int StretchNumbers = 12 << 10;

    private readonly List<(long Offset, int Numbers)> _stretches = [];
    private readonly List<int> _pending = [];
    private int[] _buffer = [];
    private int _read;

    /// <summary>Stretches written; all of them once <see cref="Flush"/> was called.</summary>
    public int Stretches => _stretches.Count;

    /// <summary>The stretch read last, valid until the next is read.</summary>
    public ReadOnlySpan<int> Current => _buffer.AsSpan(0, _read);

    /// <summary>Adds a number to the current item.</summary>
    public void Add(int number) => _pending.Add(number);

    /// <summary>Adds numbers to the current item.</summary>
    public void Add(List<int> numbers) => _pending.AddRange(numbers);

    /// <summary>Ends the current item.</summary>
    public void EndItem()
    {
        if (_pending.Count >= StretchNumbers)
        {
            Flush();
        }
    }

    /// <summary>Writes what is pending.</summary>
    public void Flush()
    {
        if (_pending.Count > 0)
        {
            _stretches.Add((spool.Append(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_pending))), _pending.Count));
            _pending.Clear();
        }
    }

    /// <summary>Reads a stretch; valid until the next is read.</summary>
    public ReadOnlySpan<int> Read(int stretch)
    {
        (long offset, int numbers) = _stretches[stretch];
        _buffer = _buffer.Length < numbers ? new int[numbers] : _buffer;
        _read = numbers;
        spool.Read(offset, MemoryMarshal.AsBytes(_buffer.AsSpan(0, numbers)));
        return Current;
    }
}
