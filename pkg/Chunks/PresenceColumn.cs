using System.Buffers.Binary;
using System.Numerics;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks;

/// <summary>
/// Bytes of a <see cref="PresenceSet"/>, all in the header stream: a form, then for a window its first position and length, with the gaps in it if there are any,
/// or else a bitmap; whichever is shortest. The length of the shared column is not among them.
/// </summary>
public static class PresenceColumn
{
    /// <summary>Appends the set.</summary>
    public static void Encode(PresenceSet presence, ByteBuffer header)
    {
        ArgumentNullException.ThrowIfNull(presence);
        ArgumentNullException.ThrowIfNull(header);
        if (presence.IsAll)
        {
            header.Add((byte)PresenceForm.All);
            return;
        }

        int first = 0;
        while (first < presence.Total && !presence.Contains(first))
        {
            first++;
        }

        int end = presence.Total;
        while (end > first && !presence.Contains(end - 1))
        {
            end--;
        }

        if (presence.Count == 0)
        {
            first = 0;
            end = 0;
        }

        if (presence.Count == end - first)
        {
            header.Add((byte)PresenceForm.Window);
            header.AddVarint((ulong)first);
            header.AddVarint((ulong)(end - first));
            return;
        }

        int start = header.Length;
        WriteGaps(presence, first, end, header);
        int bitmapBytes = (presence.Total + 7) >> 3;
        if (header.Length - start > 1 + bitmapBytes)
        {
            header.Truncate(start);
            WriteBitmap(presence, bitmapBytes, header);
        }
    }

    /// <summary>Reads a set.</summary>
    /// <param name="header">At the first byte; afterwards behind the last.</param>
    /// <param name="total">Length of the shared column, at most <see cref="ChunkLimits.MaxSamples"/>.</param>
    /// <param name="presence">Becomes the set.</param>
    /// <exception cref="InvalidDataException">The bytes are no such set.</exception>
    public static void Decode(ref ChunkHeaderReader header, int total, PresenceSet presence)
    {
        ArgumentNullException.ThrowIfNull(presence);
        presence.Reset(total);
        switch ((PresenceForm)header.ReadByte())
        {
            case PresenceForm.All:
                presence.AddRange(0, total);
                break;
            case PresenceForm.Window:
                ReadWindow(ref header, presence, out _);
                break;
            case PresenceForm.Gaps:
                ReadGaps(ref header, presence);
                break;
            case PresenceForm.Bitmap:
                ReadBitmap(ref header, presence);
                break;
            default:
                ChunkFault.Kind();
                break;
        }
    }

    private static void WriteGaps(PresenceSet presence, int first, int end, ByteBuffer header)
    {
        header.Add((byte)PresenceForm.Gaps);
        header.AddVarint((ulong)first);
        header.AddVarint((ulong)(end - first));
        header.AddVarint((ulong)(end - first - presence.Count));
        int next = first;
        for (int i = first; i < end; i++)
        {
            if (!presence.Contains(i))
            {
                header.AddVarint((ulong)(i - next));
                next = i + 1;
            }
        }
    }

    private static void WriteBitmap(PresenceSet presence, int bytes, ByteBuffer header)
    {
        header.Add((byte)PresenceForm.Bitmap);
        Span<byte> bitmap = header.Reserve(bytes + sizeof(ulong));
        for (int i = 0; i < presence.Words.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bitmap[(8 * i)..], presence.Words[i]);
        }

        header.Advance(bytes);
    }

    private static void ReadWindow(ref ChunkHeaderReader header, PresenceSet presence, out int first)
    {
        first = header.ReadCount(presence.Total);
        presence.AddRange(first, header.ReadCount(presence.Total - first));
    }

    private static void ReadGaps(ref ChunkHeaderReader header, PresenceSet presence)
    {
        ReadWindow(ref header, presence, out int next);
        int end = next + presence.Count;
        int gaps = header.ReadCount(presence.Count);
        for (int i = 0; i < gaps; i++)
        {
            ulong distance = header.ReadVarint();
            if (distance >= (ulong)(end - next))
            {
                ChunkFault.Position();
            }

            next += (int)distance;
            presence.Remove(next++);
        }
    }

    private static void ReadBitmap(ref ChunkHeaderReader header, PresenceSet presence)
    {
        ReadOnlySpan<byte> bitmap = header.ReadBytes((presence.Total + 7) >> 3);
        for (int i = 0; i < bitmap.Length; i++)
        {
            for (uint bits = bitmap[i]; bits != 0; bits &= bits - 1)
            {
                int position = (8 * i) + BitOperations.TrailingZeroCount(bits);
                if (position >= presence.Total)
                {
                    ChunkFault.Bitmap();
                }

                presence.Add(position);
            }
        }
    }
}

/// <summary>Forms of a presence set. Format, never renumber.</summary>
internal enum PresenceForm : byte
{
    /// <summary>Every position.</summary>
    All = 0,

    /// <summary>First position and length of what is present.</summary>
    Window = 1,

    /// <summary>A window, the number of positions it lacks, and the distance to each from behind the one before.</summary>
    Gaps = 2,

    /// <summary>A bit per position of the column, lowest first; the bits that fill the last byte are zero.</summary>
    Bitmap = 3,
}
