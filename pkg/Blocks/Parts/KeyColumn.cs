using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// Series and timestamps of a block. Series of one scrape target have the same timestamps, so each distinct tuple of timestamps is stored once and runs
/// name the tuple they use; refs are dense, so they are stored as stretches. docs/part.md, "keys".
/// </summary>
internal sealed class KeyColumn
{
    private int[] _table = new int[64]; // tuple + 1 by hash, 0 = free
    private int _mask;
    private int[] _tupleStarts = new int[64];
    private int[] _tupleLengths = new int[64];

    /// <summary>Appends the keys of the first <paramref name="runs"/> runs.</summary>
    public void Encode(RowBlock rows, int runs, long minTime, ByteBuffer destination)
    {
        EncodeTimestamps(rows, runs, minTime, destination);
        EncodeRefs(rows.RunRefs.AsSpan(0, runs), destination);
    }

    /// <summary>Fills timestamps, runs and refs of <paramref name="rows"/>, which was prepared for the header's row count.</summary>
    /// <exception cref="InvalidDataException">The column contradicts itself or the header.</exception>
    public void Decode(ReadOnlySpan<byte> source, in BlockHeader header, RowBlock rows)
    {
        int position = 0;
        DecodeTimestamps(source, ref position, header, rows);
        DecodeRefs(source, ref position, header, rows);
        if (position != source.Length)
        {
            Malformed.Throw("bytes are left behind the key column");
        }
    }

    private void EncodeTimestamps(RowBlock rows, int runs, long minTime, ByteBuffer destination)
    {
        PrepareTable(runs);
        ReadOnlySpan<long> timestamps = rows.Timestamps;
        ReadOnlySpan<int> starts = rows.RunStarts.AsSpan(0, runs + 1);
        int tuples = 0;
        for (int run = 0; run < runs;)
        {
            int start = starts[run];
            int length = starts[run + 1] - start;
            ReadOnlySpan<long> tuple = timestamps.Slice(start, length);
            int next = run + 1;
            if (length == 1)
            {
                long t = tuple[0];
                while (next < runs && starts[next + 1] - starts[next] == 1 && timestamps[starts[next]] == t)
                {
                    next++;
                }
            }
            else
            {
                while (next < runs && starts[next + 1] - starts[next] == length && timestamps.Slice(starts[next], length).SequenceEqual(tuple))
                {
                    next++;
                }
            }

            ulong repeats = (ulong)(next - run - 1);
            int known = FindOrAdd(timestamps, start, length, tuples);
            if (known < tuples)
            {
                destination.AddVarint(repeats << 1);
                destination.AddVarint((ulong)(tuples - 1 - known));
            }
            else
            {
                tuples++;
                destination.AddVarint((repeats << 1) | 1);
                EncodeTuple(tuple, minTime, destination);
            }

            run = next;
        }
    }

    private static void EncodeTuple(ReadOnlySpan<long> tuple, long minTime, ByteBuffer destination)
    {
        Span<byte> bytes = destination.Reserve((tuple.Length + 1) * Varint.MaxLength);
        int position = Varint.Write(bytes, (ulong)tuple.Length);
        position += Varint.Write(bytes[position..], unchecked((ulong)(tuple[0] - minTime)));
        long delta = 0;
        for (int i = 1; i < tuple.Length; i++)
        {
            long step = unchecked(tuple[i] - tuple[i - 1]);
            position += Varint.WriteSigned(bytes[position..], unchecked(step - delta));
            delta = step;
        }

        destination.Advance(position);
    }

    private static void EncodeRefs(ReadOnlySpan<uint> refs, ByteBuffer destination)
    {
        Span<byte> bytes = destination.Reserve(refs.Length * 6 + Varint.MaxLength);
        int position = Varint.Write(bytes, refs[0]);
        for (int i = 1; i < refs.Length;)
        {
            uint step = refs[i] - refs[i - 1];
            if (step != 1)
            {
                position += Varint.Write(bytes[position..], (ulong)step << 1);
                i++;
                continue;
            }

            int end = i + 1;
            while (end < refs.Length && refs[end] - refs[end - 1] == 1)
            {
                end++;
            }

            position += Varint.Write(bytes[position..], ((ulong)(end - i) << 1) | 1);
            i = end;
        }

        destination.Advance(position);
    }

    private void DecodeTimestamps(ReadOnlySpan<byte> source, ref int position, in BlockHeader header, RowBlock rows)
    {
        Span<long> timestamps = rows.Timestamps.AsSpan(0, header.Rows);
        Span<int> starts = rows.RunStarts;
        EnsureTuples(header.Rows);
        int row = 0;
        int run = 0;
        int tuples = 0;
        while (row < timestamps.Length)
        {
            ulong head = Malformed.ReadVarint(source, ref position, "key");
            int tuple;
            if ((head & 1) != 0)
            {
                tuple = tuples++;
                ulong length = Malformed.ReadVarint(source, ref position, "key");
                if (length == 0 || length > (ulong)(timestamps.Length - row))
                {
                    Malformed.Throw("a timestamp tuple is longer than the block");
                }

                _tupleStarts[tuple] = row;
                _tupleLengths[tuple] = (int)length;
                DecodeTuple(source, ref position, header, timestamps.Slice(row, (int)length));
            }
            else
            {
                ulong distance = Malformed.ReadVarint(source, ref position, "key");
                if (distance >= (ulong)tuples)
                {
                    Malformed.Throw("a run names a timestamp tuple that is not there");
                }

                tuple = tuples - 1 - (int)distance;
            }

            int count = _tupleLengths[tuple];
            ulong runs = (head >> 1) + 1;
            if (runs > (ulong)(timestamps.Length - row) / (ulong)count)
            {
                Malformed.Throw("runs are longer than the block");
            }

            Repeat(timestamps, _tupleStarts[tuple], count, row, (int)runs);
            for (int i = 0; i < (int)runs; i++)
            {
                starts[run++] = row;
                row += count;
            }
        }

        starts[run] = row;
        rows.Runs = run;
        rows.Rows = row;
    }

    private static void Repeat(Span<long> timestamps, int from, int count, int row, int runs)
    {
        if (count == 1)
        {
            timestamps.Slice(row, runs).Fill(timestamps[from]);
            return;
        }

        Span<long> tuple = timestamps.Slice(from, count);
        for (int i = 0; i < runs; i++)
        {
            tuple.CopyTo(timestamps[(row + i * count)..]);
        }
    }

    private static void DecodeTuple(ReadOnlySpan<byte> source, ref int position, in BlockHeader header, Span<long> tuple)
    {
        long t = unchecked(header.MinTime + (long)Malformed.ReadVarint(source, ref position, "key"));
        long delta = 0;
        tuple[0] = t;
        bool ordered = t >= header.MinTime;
        for (int i = 1; i < tuple.Length; i++)
        {
            delta = unchecked(delta + Varint.UnZigZag(Malformed.ReadVarint(source, ref position, "key")));
            long next = unchecked(t + delta);
            ordered &= next > t;
            t = next;
            tuple[i] = t;
        }

        if (!ordered || t > header.MaxTime)
        {
            Malformed.Throw("timestamps are not in order or outside the block's range");
        }
    }

    private static void DecodeRefs(ReadOnlySpan<byte> source, ref int position, in BlockHeader header, RowBlock rows)
    {
        Span<uint> refs = rows.RunRefs.AsSpan(0, rows.Runs);
        ulong last = Malformed.ReadVarint(source, ref position, "ref");
        if (last != header.FirstRef)
        {
            Malformed.Throw("the first ref is not that of the header");
        }

        refs[0] = (uint)last;
        for (int i = 1; i < refs.Length;)
        {
            ulong code = Malformed.ReadVarint(source, ref position, "ref");
            ulong value = code >> 1;
            bool stretch = (code & 1) != 0;
            if (value == 0 || (stretch && value > (ulong)(refs.Length - i)) || value > uint.MaxValue - last)
            {
                Malformed.Throw("refs do not fit the block");
            }

            if (stretch)
            {
                for (int end = i + (int)value; i < end; i++)
                {
                    refs[i] = (uint)++last;
                }
            }
            else
            {
                last += value;
                refs[i++] = (uint)last;
            }
        }

        if (last != header.LastRef)
        {
            Malformed.Throw("the last ref is not that of the header");
        }
    }

    private void PrepareTable(int runs)
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, runs * 2));
        if (_table.Length < size)
        {
            _table = new int[size];
        }
        else
        {
            _table.AsSpan(0, size).Clear();
        }

        _mask = size - 1;
        EnsureTuples(runs);
    }

    private void EnsureTuples(int count)
    {
        if (_tupleStarts.Length < count)
        {
            _tupleStarts = new int[count];
            _tupleLengths = new int[count];
        }
    }

    /// <summary>Number of the tuple with these timestamps; <paramref name="tuples"/> when it is new, and then it is registered.</summary>
    private int FindOrAdd(ReadOnlySpan<long> timestamps, int start, int length, int tuples)
    {
        ReadOnlySpan<long> tuple = timestamps.Slice(start, length);
        int slot = Hash(tuple) & _mask;
        while (_table[slot] != 0)
        {
            int candidate = _table[slot] - 1;
            if (_tupleLengths[candidate] == length && timestamps.Slice(_tupleStarts[candidate], length).SequenceEqual(tuple))
            {
                return candidate;
            }

            slot = (slot + 1) & _mask;
        }

        _table[slot] = tuples + 1;
        _tupleStarts[tuples] = start;
        _tupleLengths[tuples] = length;
        return tuples;
    }

    // Ends and middle tell tuples of different targets apart; equality is checked in full.
    private static int Hash(ReadOnlySpan<long> tuple)
    {
        ulong hash = unchecked((ulong)tuple[0] * 0x9e3779b97f4a7c15);
        hash = unchecked((hash ^ (ulong)tuple[tuple.Length / 2] ^ (hash >> 29)) * 0xbf58476d1ce4e5b9);
        hash = unchecked((hash ^ (ulong)tuple[^1] ^ (uint)tuple.Length ^ (hash >> 32)) * 0x94d049bb133111eb);
        return (int)(hash >> 33);
    }
}
