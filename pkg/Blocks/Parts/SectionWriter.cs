using RemoteStore.Primitives.Encoding;
using ZstdSharp;

namespace RemoteStore.Blocks.Parts;

/// <summary>Writes columns as sections: raw length, stored length, bytes; zstd where that pays.</summary>
internal sealed class SectionWriter(bool compress) : IDisposable
{
    private const int WorthCompressing = 64;

    private readonly Compressor? _compressor = compress ? new Compressor(1) : null;

    public void Write(ByteBuffer body, ReadOnlySpan<byte> section)
    {
        if (_compressor is null || section.Length < WorthCompressing || !TryCompress(body, section))
        {
            WritePlain(body, section);
        }
    }

    /// <summary>Writes a section that would not compress, or whose reader should not have to decompress.</summary>
    public static void WritePlain(ByteBuffer body, ReadOnlySpan<byte> section)
    {
        body.AddVarint((ulong)section.Length);
        body.AddVarint((ulong)section.Length);
        body.Add(section);
    }

    public void Dispose() => _compressor?.Dispose();

    private bool TryCompress(ByteBuffer body, ReadOnlySpan<byte> section)
    {
        // The stored length comes first, so its varint is written at the width of the raw length: at most as long.
        int limit = section.Length - section.Length / 16;
        int width = Varint.Length((ulong)limit);
        int before = body.Length;
        body.AddVarint((ulong)section.Length);
        Span<byte> room = body.Reserve(width + limit);
        if (!_compressor!.TryWrap(section, room.Slice(width, limit), out int stored))
        {
            body.Truncate(before);
            return false; // would be larger than the limit
        }

        int used = Varint.Write(room, (ulong)stored);
        if (used < width)
        {
            room.Slice(width, stored).CopyTo(room[used..]);
        }

        body.Advance(used + stored);
        return true;
    }
}
