using RemoteStore.Blocks.Parts;
using RemoteStore.Chunks;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>A chunk as its page describes it.</summary>
internal struct ChunkInfo
{
    /// <summary>Slot of the range.</summary>
    public ulong Slot;

    /// <summary>Column of its times; -1 when it carries them itself.</summary>
    public int Column;

    /// <summary>Samples, when it carries its times itself; else the column says.</summary>
    public int InlineCount;

    /// <summary>Where its header bytes begin in the page's header.</summary>
    public int HeaderStart;

    /// <summary>Length of its header bytes.</summary>
    public int HeaderLength;

    /// <summary>Where its packed bytes begin in the page's packed stream.</summary>
    public int PackedStart;

    /// <summary>Length of its packed bytes.</summary>
    public int PackedLength;

    /// <summary>Of these, those of start timestamps, behind the values.</summary>
    public int StartsPackedLength;

    /// <summary>Of these, those of its own timestamps, last.</summary>
    public int TimesPackedLength;

    /// <summary>Slots are a 2^exponent-th of the range.</summary>
    public byte Exponent;

    /// <summary>What it holds.</summary>
    public ChunkFlags Flags;

    /// <summary>How it says its times.</summary>
    public readonly ChunkTimes Times => (ChunkTimes)(Flags & ChunkFlags.TimesMask);
}

/// <summary>A page of samples, its header decoded, its chunks not. Immutable.</summary>
internal sealed class SamplePage
{
    private const int InfoBytes = 48;

    private readonly byte[] _header;
    private readonly byte[] _packed;
    private readonly int[] _firstChunks; // per series, and one more
    private readonly ChunkInfo[] _chunks;

    private SamplePage(PageEntry entry, byte[] header, byte[] packed, int[] firstChunks, ChunkInfo[] chunks)
    {
        Entry = entry;
        _header = header;
        _packed = packed;
        _firstChunks = firstChunks;
        _chunks = chunks;
    }

    /// <summary>What the directory says of the page.</summary>
    public PageEntry Entry { get; }

    /// <summary>Bytes in memory.</summary>
    public long SizeBytes => _header.Length + _packed.Length + ((long)InfoBytes * _chunks.Length) + (4L * _firstChunks.Length) + 200;

    /// <summary>All chunks.</summary>
    public ReadOnlySpan<ChunkInfo> AllChunks => _chunks;

    /// <summary>Chunks of a series of the page.</summary>
    public ReadOnlySpan<ChunkInfo> Chunks(int series) => _chunks.AsSpan(_firstChunks[series - Entry.First].._firstChunks[series - Entry.First + 1]);

    /// <summary>Header bytes of a chunk.</summary>
    public ReadOnlySpan<byte> Header(in ChunkInfo chunk) => _header.AsSpan(chunk.HeaderStart, chunk.HeaderLength);

    /// <summary>The packed stream from a chunk's bytes on, with the padding that decoders ask for behind its end.</summary>
    public ReadOnlySpan<byte> Packed(in ChunkInfo chunk) => _packed.AsSpan(chunk.PackedStart);

    /// <param name="entry">What the directory says.</param>
    /// <param name="header">Its header, decompressed.</param>
    /// <param name="packed">Its packed stream and <see cref="ChunkLimits.SourcePadding"/> bytes more.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <exception cref="InvalidDataException">The header is not such a header.</exception>
    public static SamplePage Parse(PageEntry entry, byte[] header, byte[] packed, int columns)
    {
        var cursor = new SectionCursor(header);
        int series = entry.Last - entry.First + 1;
        if (series > header.Length)
        {
            Malformed.Throw($"{series} series do not fit the page");
        }

        int[] firstChunks = new int[series + 1];
        for (int i = 0; i < series; i++)
        {
            firstChunks[i + 1] = firstChunks[i] + cursor.ReadCount(header.Length - firstChunks[i]);
        }

        var chunks = new ChunkInfo[firstChunks[series]];
        ReadKinds(ref cursor, chunks);
        ReadSlots(ref cursor, chunks, firstChunks);
        ReadTimes(ref cursor, chunks, columns);
        ReadLengths(ref cursor, chunks, packed.Length - ChunkLimits.SourcePadding);
        int start = cursor.Position;
        foreach (ref ChunkInfo chunk in chunks.AsSpan())
        {
            chunk.HeaderStart = start;
            start += chunk.HeaderLength;
        }

        if (start != header.Length)
        {
            Malformed.Throw("the chunks do not fill the header of the page");
        }

        return new SamplePage(entry, header, packed, firstChunks, chunks);
    }

    private static void ReadKinds(ref SectionCursor cursor, ChunkInfo[] chunks)
    {
        const ChunkFlags Known = ChunkFlags.TimesMask | ChunkFlags.StartTimestamps | ChunkFlags.Histograms;
        foreach (ref ChunkInfo chunk in chunks.AsSpan())
        {
            chunk.Flags = (ChunkFlags)cursor.ReadByte();
            if ((chunk.Flags & ~Known) != 0 || chunk.Times > ChunkTimes.Inline)
            {
                Malformed.Throw($"a chunk of kind {(byte)chunk.Flags} is not known");
            }
        }

        foreach (ref ChunkInfo chunk in chunks.AsSpan())
        {
            chunk.Exponent = cursor.ReadByte();
            if (chunk.Exponent > BlockFormat.MaxSlotExponent)
            {
                Malformed.Throw("the slot of a chunk is not possible");
            }
        }
    }

    private static void ReadSlots(ref SectionCursor cursor, ChunkInfo[] chunks, int[] firstChunks)
    {
        for (int i = 0; i + 1 < firstChunks.Length; i++)
        {
            ulong slot = 0;
            for (int c = firstChunks[i]; c < firstChunks[i + 1]; c++)
            {
                slot = unchecked(slot + (ulong)cursor.ReadSigned());
                chunks[c].Slot = slot;
                if (slot >> chunks[c].Exponent != 0)
                {
                    Malformed.Throw("the slot of a chunk is not possible");
                }
            }
        }
    }

    private static void ReadTimes(ref SectionCursor cursor, ChunkInfo[] chunks, int columns)
    {
        long column = 0;
        foreach (ref ChunkInfo chunk in chunks.AsSpan())
        {
            chunk.Column = -1;
            if (chunk.Times != ChunkTimes.Inline)
            {
                column = unchecked(column + cursor.ReadSigned());
                if ((ulong)column >= (ulong)columns)
                {
                    Malformed.Throw("a chunk names a column that is not there");
                }

                chunk.Column = (int)column;
            }
        }

        foreach (ref ChunkInfo chunk in chunks.AsSpan())
        {
            if (chunk.Times == ChunkTimes.Inline)
            {
                chunk.InlineCount = cursor.ReadCount(ChunkLimits.MaxSamples);
            }
        }
    }

    private static void ReadLengths(ref SectionCursor cursor, ChunkInfo[] chunks, int packedLength)
    {
        foreach (ref ChunkInfo chunk in chunks.AsSpan())
        {
            chunk.HeaderLength = cursor.ReadCount(cursor.Remaining);
        }

        Span<int> back = new int[chunks.Length];
        for (int i = 0; i < chunks.Length; i++)
        {
            back[i] = cursor.ReadCount(i);
        }

        int start = 0;
        for (int i = 0; i < chunks.Length; i++)
        {
            if (back[i] > 0)
            {
                chunks[i].PackedStart = chunks[i - back[i]].PackedStart;
                chunks[i].PackedLength = chunks[i - back[i]].PackedLength;
                continue;
            }

            chunks[i].PackedStart = start;
            chunks[i].PackedLength = cursor.ReadCount(packedLength - start);
            start += chunks[i].PackedLength;
        }

        if (start != packedLength)
        {
            Malformed.Throw("the chunks do not fill the packed stream of the page");
        }

        foreach (ref ChunkInfo chunk in chunks.AsSpan())
        {
            if ((chunk.Flags & ChunkFlags.StartTimestamps) != 0)
            {
                chunk.StartsPackedLength = cursor.ReadCount(chunk.PackedLength);
            }

            if (chunk.Times == ChunkTimes.Inline)
            {
                chunk.TimesPackedLength = cursor.ReadCount(chunk.PackedLength - chunk.StartsPackedLength);
            }
        }
    }
}
