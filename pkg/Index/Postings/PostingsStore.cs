using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Postings;

/// <summary>
/// Appends refs to lists. Past the leading run a list is a chain of chunks, each a 4-byte link and varint tokens: an odd token t is t/2 consecutive refs,
/// an even one skips to the ref t/2 + 1 behind; 0 sends the reader to the next chunk. Chunks double in size up to a cap.
/// </summary>
/// <remarks>Written under the index's lock; tokens that a <see cref="PostingsList"/> taken under that lock covers never change afterwards.</remarks>
internal sealed class PostingsStore(NativeArena arena)
{
    private const int LinkBytes = sizeof(uint);
    private const int SmallestChunk = 16;
    private const int LargestChunk = 4096;

    /// <summary>Appends a ref, greater than all in the list.</summary>
    public void Append(ref PostingsHead head, uint seriesRef)
    {
        if (head.Tail == 0)
        {
            if (head.Count == 0)
            {
                head.First = seriesRef;
                head.Count = 1;
                return;
            }

            if (seriesRef == head.First + head.Count)
            {
                head.Count++;
                return;
            }

            uint handle = arena.Allocate(System.Runtime.CompilerServices.Unsafe.SizeOf<PostingsTail>());
            arena.At<PostingsTail>(handle) = new PostingsTail { Leading = head.Count, Last = head.First + head.Count - 1 };
            head.Tail = handle;
        }

        ref PostingsTail tail = ref arena.At<PostingsTail>(head.Tail);
        uint distance = seriesRef - tail.Last;
        if (distance == 1)
        {
            tail.Pending++;
        }
        else
        {
            if (tail.Pending > 0)
            {
                WriteToken(ref tail, ((ulong)tail.Pending << 1) | 1);
                tail.Pending = 0;
            }

            WriteToken(ref tail, (ulong)(distance - 1) << 1);
        }

        tail.Last = seriesRef;
        head.Count++;
    }

    /// <summary>A view of the list as it is now.</summary>
    public PostingsList Snapshot(in PostingsHead head)
    {
        if (head.Tail == 0)
        {
            return new PostingsList(arena, head.First, head.Count, head.Count, 0, 0);
        }

        ref PostingsTail tail = ref arena.At<PostingsTail>(head.Tail);
        return new PostingsList(arena, head.First, head.Count, tail.Leading, tail.Pending, tail.FirstChunk);
    }

    private void WriteToken(ref PostingsTail tail, ulong token)
    {
        int length = Varint.Length(token);
        if (tail.Used + length + 1 > tail.Size) // one byte stays 0, the mark to follow the link
        {
            int size = Math.Clamp(tail.Size * 2, SmallestChunk, LargestChunk);
            uint chunk = arena.Allocate(size);
            if (tail.LastChunk == 0)
            {
                tail.FirstChunk = chunk;
            }
            else
            {
                arena.At<uint>(tail.LastChunk) = chunk;
            }

            tail.LastChunk = chunk;
            tail.Used = LinkBytes;
            tail.Size = (ushort)size;
        }

        Varint.Write(arena.Bytes(tail.LastChunk, tail.Used, length), token);
        tail.Used += (ushort)length;
    }
}
