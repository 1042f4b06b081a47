using System.IO.Hashing;
using System.Runtime.CompilerServices;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Dictionary;

/// <summary>
/// Label names and pairs, numbered in order of first use. Texts stay where the series' labels lie. Adding and looking up happen under the index's lock;
/// entries that a reader got a number of may be read without it, as far as they do not change (text, link to the pair before).
/// </summary>
internal sealed class PairDictionary : IDisposable
{
    private readonly long _seed;
    private readonly SlotTable _pairSlots = new();
    private readonly SlotTable _nameSlots = new();
    private readonly SegmentedArray<PairEntry> _pairs = new();
    private readonly SegmentedArray<NameEntry> _names = new();

    /// <summary>Creates an empty dictionary; the seed keeps senders from choosing colliding pairs.</summary>
    public PairDictionary(long seed) => _seed = seed;

    /// <summary>Number of pairs.</summary>
    public int PairCount => _pairs.Count;

    /// <summary>Number of names.</summary>
    public int NameCount => _names.Count;

    /// <summary>Native memory in bytes.</summary>
    public long AllocatedBytes =>
        _pairSlots.AllocatedBytes + _nameSlots.AllocatedBytes + _pairs.AllocatedBytes + _names.AllocatedBytes;

    /// <summary>A pair by number.</summary>
    public ref PairEntry Pair(uint pair) => ref _pairs[(int)pair];

    /// <summary>A name by number.</summary>
    public ref NameEntry Name(uint name) => ref _names[(int)name];

    /// <summary>The field of a pair.</summary>
    public StableBytes Field(uint pair) => LabelFields.At(_pairs[(int)pair].Field);

    /// <summary>The value of a pair.</summary>
    public StableBytes Value(uint pair)
    {
        StableBytes field = Field(pair);
        FieldParts parts = LabelFields.Split(field.Span);
        return field.Slice(parts.ValueStart, parts.ValueLength);
    }

    /// <summary>Text of a name.</summary>
    public StableBytes NameText(uint name) => new(_names[(int)name].Address, _names[(int)name].Length);

    /// <summary>Finds a pair by its field.</summary>
    public bool TryFindPair(ReadOnlySpan<byte> field, out uint pair) => TryFindPair(field, Hash(field), out pair);

    /// <summary>Finds a name.</summary>
    public bool TryFindName(ReadOnlySpan<byte> name, out uint number) => TryFindName(name, Hash(name), out number);

    /// <summary>Finds or adds a pair.</summary>
    /// <param name="field">Stays put as long as this dictionary lives.</param>
    /// <param name="name">Number of its name.</param>
    public uint GetOrAddPair(StableBytes field, uint name)
    {
        uint hash = Hash(field.Span);
        return TryFindPair(field.Span, hash, out uint pair) ? pair : AddPair(field, name, hash);
    }

    /// <summary>Adds a pair that is known to be new.</summary>
    public uint AddPair(StableBytes field, uint name) => AddPair(field, name, Hash(field.Span));

    /// <summary>Finds or adds a name.</summary>
    /// <param name="text">Stays put as long as this dictionary lives.</param>
    public uint GetOrAddName(StableBytes text)
    {
        uint hash = Hash(text.Span);
        if (TryFindName(text.Span, hash, out uint number))
        {
            return number;
        }

        number = (uint)_names.Append(new NameEntry { Address = text.Address, Length = text.Length });
        _nameSlots.Insert(hash, number + 1);
        return number;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pairSlots.Dispose();
        _nameSlots.Dispose();
        _pairs.Dispose();
        _names.Dispose();
    }

    private uint AddPair(StableBytes field, uint name, uint hash)
    {
        ref NameEntry entry = ref _names[(int)name];
        uint pair = (uint)_pairs.Append(new PairEntry { Field = field.Address, PreviousOfName = entry.NewestPair });
        _pairSlots.Insert(hash, pair + 1);
        entry.ValueCount++;
        Volatile.Write(ref entry.NewestPair, pair + 1);
        return pair;
    }

    private bool TryFindPair(ReadOnlySpan<byte> field, uint hash, out uint pair)
    {
        uint position = _pairSlots.Start(hash);
        for (uint value; (value = _pairSlots.Next(hash, ref position)) != 0;)
        {
            if (Field(value - 1).Span.SequenceEqual(field))
            {
                pair = value - 1;
                return true;
            }
        }

        pair = 0;
        return false;
    }

    private bool TryFindName(ReadOnlySpan<byte> name, uint hash, out uint number)
    {
        uint position = _nameSlots.Start(hash);
        for (uint value; (value = _nameSlots.Next(hash, ref position)) != 0;)
        {
            if (NameText(value - 1).Span.SequenceEqual(name))
            {
                number = value - 1;
                return true;
            }
        }

        number = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint Hash(ReadOnlySpan<byte> bytes) => (uint)(XxHash3.HashToUInt64(bytes, _seed) >> 32);
}
