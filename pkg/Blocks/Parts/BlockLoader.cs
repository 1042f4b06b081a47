using System.Text;
using Microsoft.Win32.SafeHandles;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Parts;

/// <summary>Reads a block from a file, checks it and decodes it. Holds the memory for one; not safe for concurrent use.</summary>
internal sealed class BlockLoader : IDisposable
{
    private readonly IBlockDecoder?[] _decoders = new IBlockDecoder?[BlockCodecs.Last + 1];
    private byte[] _bytes = [];
    private string? _lastName;

    /// <summary>Bytes of memory that the loader keeps for raw blocks.</summary>
    public int BufferBytes => _bytes.Length;

    /// <summary>Loads a block that the index of a part names.</summary>
    /// <exception cref="CorruptDataException">The block is not what the index says, or damaged.</exception>
    public void Load(SafeFileHandle file, string path, PartId id, TenantId tenant, BlockKind kind, in BlockEntry entry, RowBlock rows)
    {
        Span<byte> bytes = Buffer(entry.Length);
        PartIndexReader.ReadExactly(file, path, entry.Offset, bytes[..entry.Length]);
        string? error = BlockHeader.Read(bytes, entry.Offset, id, out BlockHeader header);
        if (error is null
            && (header.Kind != kind || header.Rows != entry.Rows || header.BodyLength != entry.Length - PartFormat.BlockHeaderLength
                || header.FirstRef != entry.FirstRef || header.LastRef != entry.LastRef
                || header.MinTime != entry.MinTime || header.MaxTime != entry.MaxTime))
        {
            error = "the block is not the one the index names";
        }

        if (error is not null)
        {
            throw new CorruptDataException(path, entry.Offset, error);
        }

        Decode(path, id, entry.Offset, header, bytes[PartFormat.BlockHeaderLength..], rows, out TenantId found);
        if (found != tenant)
        {
            throw new CorruptDataException(path, entry.Offset, $"the block belongs to tenant {found}, not {tenant}");
        }
    }

    /// <summary>Loads the block of a checked header.</summary>
    /// <exception cref="CorruptDataException">The body is damaged.</exception>
    public void Load(SafeFileHandle file, string path, PartId id, long offset, in BlockHeader header, RowBlock rows, out TenantId tenant)
    {
        Span<byte> body = Buffer(header.BodyLength);
        PartIndexReader.ReadExactly(file, path, offset + PartFormat.BlockHeaderLength, body[..header.BodyLength]);
        Decode(path, id, offset, header, body, rows, out tenant);
    }

    public void Dispose()
    {
        foreach (IBlockDecoder? decoder in _decoders)
        {
            decoder?.Dispose();
        }
    }

    /// <param name="path">For messages.</param>
    /// <param name="id">Part.</param>
    /// <param name="offset">Of the block.</param>
    /// <param name="header">Its checked header.</param>
    /// <param name="body">The body and at least <see cref="SectionReader.Padding"/> bytes more.</param>
    /// <param name="rows">Destination.</param>
    /// <param name="tenant">Tenant that the body names.</param>
    private void Decode(string path, PartId id, long offset, in BlockHeader header, ReadOnlySpan<byte> body, RowBlock rows, out TenantId tenant)
    {
        if (BlockHeader.Hash(body[..header.BodyLength], id) != header.BodyHash)
        {
            throw new CorruptDataException(path, offset, "the checksum of the block does not match");
        }

        try
        {
            int name = body[0];
            if (name + 1 > header.BodyLength || !TenantId.TryParse(TenantName(body.Slice(1, name)), out tenant, out _))
            {
                throw new InvalidDataException("the tenant name of the block is not valid");
            }

            Decoder(header.Encoding).Decode(header, body[(1 + name)..(header.BodyLength + SectionReader.Padding)], rows);
        }
        catch (InvalidDataException broken)
        {
            throw new CorruptDataException(path, offset, broken.Message);
        }
    }

    /// <summary>Names repeat from block to block: one string serves.</summary>
    private string TenantName(ReadOnlySpan<byte> name)
    {
        if (_lastName is null || !Ascii.Equals(name, _lastName))
        {
            _lastName = Encoding.ASCII.GetString(name);
        }

        return _lastName;
    }

    private IBlockDecoder Decoder(BlockEncoding encoding)
    {
        int number = (int)encoding;
        if (number <= BlockCodecs.Last && _decoders[number] is { } known)
        {
            return known;
        }

        IBlockDecoder decoder = BlockCodecs.CreateDecoder(encoding);
        _decoders[number] = decoder;
        return decoder;
    }

    private Span<byte> Buffer(int length)
    {
        if (_bytes.Length < length + SectionReader.Padding)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(length + length / 4 + SectionReader.Padding);
        }

        return _bytes;
    }
}
