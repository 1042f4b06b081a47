using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;
using Snappier;

namespace RemoteStore.Wire;

/// <summary>Bodies in snappy's block format, as remote write and remote read carry them.</summary>
public static class SnappyBody
{
    // A copy element of three bytes yields at most 64 bytes; nothing in the format yields more per byte.
    private const int MaxExpansionBytes = 64;
    private const int MaxExpansionPer = 3;

    // Snappier stops without a word where the destination ends. With room behind the declared length, a body that holds more shows.
    private const int OverrunRoom = 8;

    /// <summary>Reads the declared length of the content, which must be possible for a body of this size. Nothing is allocated.</summary>
    /// <returns>False when the body has no valid length, or declares more than the format can hold in it.</returns>
    public static bool TryGetDecodedLength(ReadOnlySpan<byte> body, out int length)
    {
        int position = 0;
        length = 0;
        if (!Varint.TryRead(body, ref position, out ulong declared) || position > 5 || declared > (ulong)(Array.MaxLength - OverrunRoom))
        {
            return false;
        }

        if (declared > (ulong)(body.Length - position) * MaxExpansionBytes / MaxExpansionPer)
        {
            return false;
        }

        length = (int)declared;
        return true;
    }

    /// <summary>Decompresses into the batch, which is reset. Check the declared length against the limit first: that much is allocated.</summary>
    /// <returns>False when the body is not valid; the batch is then empty.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> body, WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!TryGetDecodedLength(body, out int length) || !TryDecompress(body, batch.Reset(length + OverrunRoom), length))
        {
            batch.Reset(0);
            return false;
        }

        batch.Shrink(OverrunRoom);
        return true;
    }

    /// <summary>Decompresses a small body, such as a read request, to memory of its own.</summary>
    /// <param name="body">Compressed bytes.</param>
    /// <param name="maxLength">Most bytes that are allocated for; a body that declares more is refused.</param>
    /// <param name="content">The content.</param>
    public static bool TryDecompress(ReadOnlySpan<byte> body, int maxLength, out ReadOnlyMemory<byte> content)
    {
        content = default;
        if (!TryGetDecodedLength(body, out int length) || length > maxLength)
        {
            return false;
        }

        byte[] buffer = new byte[length + OverrunRoom];
        content = buffer.AsMemory(0, length);
        return TryDecompress(body, buffer, length);
    }

    private static bool TryDecompress(ReadOnlySpan<byte> body, Span<byte> destination, int length)
    {
        try
        {
            return Snappy.TryDecompress(body, destination, out int written) && written == length;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Compresses to a new array.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> content) => Snappy.CompressToArray(content);
}
