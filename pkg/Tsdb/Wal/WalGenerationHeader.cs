using System.Buffers.Binary;
using System.IO.Hashing;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Wal;

/// <summary>Content of a generation folder's <c>generation</c> file; see docs/wal.md. Without the seed no entry can be read, so it is written twice.</summary>
internal sealed record WalGenerationHeader(uint Generation, long Seed, DateTimeOffset Created, int PageSizeBytes, long SegmentSizeBytes)
{
    /// <summary>Version this program writes and the newest it reads.</summary>
    public const uint Version = 1;

    // The two copies lie in different blocks of any disk.
    private const int CopyOffset = 4096;
    private const int Size = 56;
    private const int HashOffset = 48;
    private static readonly byte[] s_magic = "RSWALGEN"u8.ToArray();

    /// <summary>Writes it durably.</summary>
    public void Write(IFileSystem files, string path)
    {
        byte[] content = new byte[CopyOffset + Size];
        Encode(content);
        Encode(content.AsSpan(CopyOffset));
        DurableFile.Replace(files, path, content);
    }

    /// <summary>Reads whichever copy is whole.</summary>
    /// <exception cref="CorruptDataException">The file is missing, or neither copy is whole.</exception>
    /// <exception cref="NotSupportedException">A newer program wrote it.</exception>
    public static WalGenerationHeader Read(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            throw new CorruptDataException(path, 0, "the file is missing");
        }

        return Decode(content, 0, path) ?? Decode(content, CopyOffset, path) ?? throw new CorruptDataException(path, 0, "neither copy of the header matches its hash");
    }

    private void Encode(Span<byte> destination)
    {
        s_magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Seed);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Created.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], PageSizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], SegmentSizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[HashOffset..], XxHash3.HashToUInt64(destination[..HashOffset]));
    }

    private static WalGenerationHeader? Decode(byte[] content, int offset, string path)
    {
        if (content.Length < offset + Size)
        {
            return null;
        }

        ReadOnlySpan<byte> source = content.AsSpan(offset, Size);
        if (!source.StartsWith(s_magic) || BinaryPrimitives.ReadUInt64LittleEndian(source[HashOffset..]) != XxHash3.HashToUInt64(source[..HashOffset]))
        {
            return null;
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        return version is >= 1 and <= Version
            ? new WalGenerationHeader(
                BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
                BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
                DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(source[24..])),
                checked((int)BinaryPrimitives.ReadInt64LittleEndian(source[32..])),
                BinaryPrimitives.ReadInt64LittleEndian(source[40..]))
            : throw new NotSupportedException($"{path} has log format version {version}; this program reads up to {Version}");
    }
}
