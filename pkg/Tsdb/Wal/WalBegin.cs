using System.Buffers.Binary;
using System.IO.Hashing;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Wal;

/// <summary>
/// Content of a generation folder's <c>begin</c> file, written twice: entries that begin below its address are in parts, and replay passes over them; see
/// docs/wal.md. Segments are removed whole, so that without it up to a segment of rows came back after a crash, and with them what was deleted meanwhile.
/// </summary>
internal static class WalBegin
{
    // The two copies lie in different blocks of any disk.
    private const int CopyOffset = 4096;
    private const int Size = 32;
    private const int HashOffset = 24;
    private const uint Version = 1;
    private static readonly byte[] s_magic = "RSWALBEG"u8.ToArray();

    /// <summary>Writes it durably.</summary>
    public static void Write(IFileSystem files, string path, WalPosition begin)
    {
        byte[] content = new byte[CopyOffset + Size];
        Encode(content, begin);
        Encode(content.AsSpan(CopyOffset), begin);
        DurableFile.Replace(files, path, content);
    }

    /// <summary>Reads whichever copy is whole; 0 when there is no such file.</summary>
    /// <exception cref="CorruptDataException">Neither copy is whole and of this generation.</exception>
    /// <exception cref="NotSupportedException">A newer program wrote it.</exception>
    public static long Read(string path, uint generation)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return 0;
        }

        return Decode(content, 0, path, generation) ?? Decode(content, CopyOffset, path, generation)
            ?? throw new CorruptDataException(path, 0, "neither copy of where replay begins matches its hash");
    }

    private static void Encode(Span<byte> destination, WalPosition begin)
    {
        s_magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], begin.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], begin.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[HashOffset..], XxHash3.HashToUInt64(destination[..HashOffset]));
    }

    private static long? Decode(byte[] content, int offset, string path, uint generation)
    {
        if (content.Length < offset + Size)
        {
            return null;
        }

        ReadOnlySpan<byte> source = content.AsSpan(offset, Size);
        if (!source.StartsWith(s_magic) || BinaryPrimitives.ReadUInt64LittleEndian(source[HashOffset..]) != XxHash3.HashToUInt64(source[..HashOffset])
            || BinaryPrimitives.ReadUInt32LittleEndian(source[12..]) != generation)
        {
            return null;
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        return version == Version
            ? BinaryPrimitives.ReadInt64LittleEndian(source[16..])
            : throw new NotSupportedException($"{path} has version {version}; this program reads {Version}");
    }
}
