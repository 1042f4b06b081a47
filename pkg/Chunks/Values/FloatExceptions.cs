using System.Buffers.Binary;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks.Values;

/// <summary>Samples that a domain cannot express, by position. Their bits stand in the header; in the column the integer before them stands in their place.</summary>
internal sealed class FloatExceptions
{
    private readonly int[] _positions = new int[ChunkLimits.MaxSamples];

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>Positions, ascending.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    /// <summary>Bytes in the header: nothing if there are none.</summary>
    public int Bytes
    {
        get
        {
            if (Count == 0)
            {
                return 0;
            }

            int bytes = Varint.Length((ulong)Count) + (Count * sizeof(long));
            int next = 0;
            foreach (int position in Positions)
            {
                bytes += Varint.Length((ulong)(position - next));
                next = position + 1;
            }

            return bytes;
        }
    }

    /// <summary>How many a chunk may have before a domain is given up; each costs nine bytes.</summary>
    public static int MaximumOf(int count) => (count + 7) / 8;

    public void Clear() => Count = 0;

    public void Add(int position) => _positions[Count++] = position;

    /// <summary>Fills the places of exceptions in a column of integers with what stands before them, the first ones with what stands behind.</summary>
    public void FillGaps(Span<long> integers)
    {
        int lead = 0;
        while (lead < Count && _positions[lead] == lead)
        {
            lead++;
        }

        if (lead > 0)
        {
            integers[..lead].Fill(lead < integers.Length ? integers[lead] : 0);
        }

        foreach (int position in Positions[lead..])
        {
            integers[position] = integers[position - 1];
        }
    }

    public void Write(ReadOnlySpan<long> valueBits, ByteBuffer header)
    {
        if (Count == 0)
        {
            return;
        }

        header.AddVarint((ulong)Count);
        int next = 0;
        foreach (int position in Positions)
        {
            header.AddVarint((ulong)(position - next));
            BinaryPrimitives.WriteInt64LittleEndian(header.Reserve(sizeof(long)), valueBits[position]);
            header.Advance(sizeof(long));
            next = position + 1;
        }
    }

    /// <summary>Puts the bits of exceptions into their places.</summary>
    public static void Read(ref ChunkHeaderReader header, Span<long> values)
    {
        int exceptions = header.ReadCount(values.Length);
        int next = 0;
        for (int i = 0; i < exceptions; i++)
        {
            ulong gap = header.ReadVarint();
            if (gap >= (ulong)(values.Length - next))
            {
                ChunkFault.Position();
            }

            int at = next + (int)gap;
            values[at] = header.ReadFixed64();
            next = at + 1;
        }
    }
}
