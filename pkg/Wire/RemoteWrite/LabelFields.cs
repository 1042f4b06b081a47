using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.RemoteWrite;

/// <summary>
/// The label fields (number 1) of a series or exemplar message of remote write 1.0. Writers put them together at the front, and then they are used where
/// they lie; otherwise they are copied together behind the payload.
/// </summary>
internal static class LabelFields
{
    public const byte Tag = 0x0a;

    /// <summary>Moves over the label fields at <paramref name="position"/>; their content is left to whoever looks the series up.</summary>
    /// <returns>False when a field reaches past <paramref name="end"/>; the position is then where it begins.</returns>
    public static bool TrySkipRun(ReadOnlySpan<byte> payload, ref int position, int end)
    {
        ReadOnlySpan<byte> message = payload[..end];
        int next = position;
        while ((uint)(next + 1) < (uint)message.Length && message[next] == Tag)
        {
            position = next;
            int length = message[next + 1];
            if (length < 0x80)
            {
                next += 2 + length;
            }
            else
            {
                next++;
                if (!Varint.TryRead(message, ref next, out ulong longer) || longer > (ulong)(end - next))
                {
                    return false;
                }

                next += (int)longer;
            }
        }

        if (next > end)
        {
            return false;
        }

        position = next;
        return true;
    }

    /// <summary>Copies the label fields of a well-formed message together, with minimal tags and lengths.</summary>
    /// <returns>Where they lie in the batch.</returns>
    public static (int Offset, int Length) Gather(WriteBatch batch, ReadOnlySpan<byte> payload, int start, int end)
    {
        int room = end - start; // minimal encodings are never longer than what they replace
        int offset = batch.Extend(room);
        var writer = new ProtoWriter(batch.Writable(offset, room));
        var reader = new ProtoReader(payload, start, end);
        while (reader.HasMore && reader.TryReadTag(out uint tag))
        {
            if (tag != Tag)
            {
                if (!reader.TrySkip(tag))
                {
                    break;
                }
            }
            else if (reader.TryReadBytes(out ReadOnlySpan<byte> label))
            {
                writer.WriteBytes(1, label);
            }
            else
            {
                break;
            }
        }

        batch.Shrink(room - writer.Written);
        return (offset, writer.Written);
    }
}
