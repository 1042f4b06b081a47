using System.Text;
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
        int next = position;
        while (next + 1 < end && payload[next] == Tag)
        {
            position = next;
            int length = payload[next + 1];
            if (length < 0x80)
            {
                next += 2 + length;
            }
            else
            {
                next++;
                if (!Varint.TryRead(payload[..end], ref next, out ulong longer) || longer > (ulong)(end - next))
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

    /// <summary>Label fields in words, whatever they hold, cut soon after <paramref name="maxLength"/> characters; for messages.</summary>
    public static string Describe(ReadOnlySpan<byte> labels, int maxLength = 256)
    {
        var text = new StringBuilder("{");
        var reader = new ProtoReader(labels);
        while (reader.HasMore && text.Length < maxLength && reader.TryReadTag(out uint tag) && tag == Tag && reader.TryReadMessage(out ProtoReader label))
        {
            text.Append(text.Length > 1 ? ", " : string.Empty);
            while (label.HasMore && label.TryReadTag(out uint part) && part is 0x0a or 0x12 && label.TryReadBytes(out ReadOnlySpan<byte> bytes))
            {
                string words = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, maxLength)]);
                _ = part == 0x0a ? text.Append(words).Append('=') : text.Append('"').Append(words).Append('"');
            }
        }

        return text.Append('}').ToString();
    }
}
