using System.Buffers.Binary;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.RemoteWrite;

/// <summary>
/// The symbols of a remote write 2.0 request: offset and length of each, kept behind the payload in the batch's own bytes so that a request needs no
/// table of its own. Builds label bytes from references.
/// </summary>
internal readonly ref struct SymbolTable
{
    /// <summary>Label bytes that one series may take; limits on single labels are far below and are checked with the labels.</summary>
    public const int MaxSeriesLabelBytes = 4 << 20;

    /// <summary>Label bytes that one exemplar may take: 128 characters of at most four bytes, each in a label of its own, stay far below.</summary>
    public const int MaxExemplarLabelBytes = 4 << 10;

    private const int EntryLength = 2 * sizeof(int);
    private readonly ReadOnlySpan<byte> _payload;
    private readonly ReadOnlySpan<byte> _entries;

    public SymbolTable(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> entries)
    {
        _payload = payload;
        _entries = entries;
    }

    public int Count => _entries.Length / EntryLength;

    public static void Add(WriteBatch batch, int offset, int length)
    {
        int entry = batch.Extend(EntryLength);
        Span<byte> bytes = batch.Writable(entry, EntryLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[sizeof(int)..], length);
    }

    public (int Offset, int Length) Locate(uint symbol)
    {
        ReadOnlySpan<byte> entry = _entries.Slice((int)symbol * EntryLength, EntryLength);
        return (BinaryPrimitives.ReadInt32LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[sizeof(int)..]));
    }

    public ReadOnlySpan<byte> this[uint symbol]
    {
        get
        {
            (int offset, int length) = Locate(symbol);
            return _payload.Slice(offset, length);
        }
    }

    /// <summary>Writes the label fields that packed references name, in their order, behind what the batch holds.</summary>
    /// <param name="batch">Whose bytes are extended; <paramref name="packed"/> may lie in them.</param>
    /// <param name="packed">Well-formed packed varints: name, value, name, value, …</param>
    /// <param name="maxBytes">Most bytes the labels may take.</param>
    /// <param name="labels">Where the label bytes lie.</param>
    /// <returns>What is wrong with the references; nothing was added then.</returns>
    public LabelFault Build(WriteBatch batch, ReadOnlySpan<byte> packed, int maxBytes, out (int Offset, int Length) labels)
    {
        labels = default;
        LabelFault fault = Measure(packed, maxBytes, out int size);
        if (fault != LabelFault.None)
        {
            return fault;
        }

        int offset = batch.Extend(size);
        Span<byte> destination = batch.Writable(offset, size);
        int position = 0;
        int written = 0;
        while (position < packed.Length)
        {
            _ = Varint.TryRead(packed, ref position, out ulong name);
            _ = Varint.TryRead(packed, ref position, out ulong value);
            written += WriteField(destination[written..], this[(uint)name], this[(uint)value]);
        }

        labels = (offset, size);
        return LabelFault.None;
    }

    /// <summary>As <see cref="LabelSetBuilder.WriteField"/>, with a short way for the lengths that nearly all labels have: one byte each.</summary>
    private static int WriteField(Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int inner = name.Length + value.Length + 4;
        if (inner >= 0x80)
        {
            return LabelSetBuilder.WriteField(destination, name, value);
        }

        destination = destination[..(inner + 2)];
        destination[0] = 0x0a;
        destination[1] = (byte)inner;
        destination[2] = 0x0a;
        destination[3] = (byte)name.Length;
        name.CopyTo(destination[4..]);
        destination = destination[(4 + name.Length)..];
        destination[0] = 0x12;
        destination[1] = (byte)value.Length;
        value.CopyTo(destination[2..]);
        return inner + 2;
    }

    private static int FieldLength(int nameLength, int valueLength)
    {
        int inner = nameLength + valueLength + 4;
        return (uint)inner < 0x80 ? inner + 2 : LabelSetBuilder.FieldLength(nameLength, valueLength);
    }

    private LabelFault Measure(ReadOnlySpan<byte> packed, int maxBytes, out int size)
    {
        size = 0;
        int position = 0;
        while (position < packed.Length)
        {
            _ = Varint.TryRead(packed, ref position, out ulong name);
            if (position == packed.Length)
            {
                return LabelFault.OddReferences;
            }

            _ = Varint.TryRead(packed, ref position, out ulong value);
            if (name >= (ulong)Count || value >= (ulong)Count)
            {
                return LabelFault.ReferenceOutOfRange;
            }

            size += FieldLength(Locate((uint)name).Length, Locate((uint)value).Length);
            if ((uint)size > (uint)maxBytes)
            {
                return LabelFault.TooLong;
            }
        }

        return LabelFault.None;
    }
}

/// <summary>What can be wrong with label references.</summary>
internal enum LabelFault : byte
{
    None = 0,
    OddReferences,
    ReferenceOutOfRange,
    TooLong,
}
