using System.Buffers.Binary;
using System.Text;
using RemoteStore.Model;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>Gathers block entries while a part is written and writes index and footer.</summary>
internal sealed class PartIndexWriter
{
    private readonly List<TenantSection> _tenants = [];
    private readonly List<BlockEntry> _entries = [];
    private readonly List<BlockEntry> _floats = [];
    private readonly List<BlockEntry> _histograms = [];
    private TenantId _tenant;
    private long _minTime = long.MaxValue;
    private long _maxTime = long.MinValue;
    private long _rows;
    private long _histogramRows;

    /// <summary>Ends the previous tenant's blocks.</summary>
    public void BeginTenant(TenantId tenant)
    {
        EndTenant();
        _tenant = tenant;
    }

    public void Add(BlockKind kind, BlockEntry entry)
    {
        _minTime = Math.Min(_minTime, entry.MinTime);
        _maxTime = Math.Max(_maxTime, entry.MaxTime);
        if (kind == BlockKind.Floats)
        {
            _floats.Add(entry);
            _rows += entry.Rows;
        }
        else
        {
            _histograms.Add(entry);
            _histogramRows += entry.Rows;
        }
    }

    /// <summary>Writes index and footer behind the last block.</summary>
    public PartInfo Finish(PartOutput output, PartId id, int level)
    {
        EndTenant();
        long offset = output.Position;
        var index = new ByteBuffer();
        WriteHeader(index, offset, id, level);
        foreach (TenantSection tenant in _tenants)
        {
            index.Add((byte)tenant.Tenant.Name.Length);
            Span<byte> name = index.Reserve(tenant.Tenant.Name.Length);
            index.Advance(Encoding.ASCII.GetBytes(tenant.Tenant.Name, name));
            AddInt32(index, tenant.FloatBlocks);
            AddInt32(index, tenant.HistogramBlocks);
            for (int i = 0; i < tenant.FloatBlocks + tenant.HistogramBlocks; i++)
            {
                WriteEntry(index, _entries[tenant.First + i]);
            }
        }

        output.Write(index.Written);
        Span<byte> footer = stackalloc byte[PartFormat.FooterLength];
        BinaryPrimitives.WriteInt64LittleEndian(footer, offset);
        BinaryPrimitives.WriteInt64LittleEndian(footer[8..], index.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(footer[16..], BlockHeader.Hash(index.Written, id));
        BinaryPrimitives.WriteUInt64LittleEndian(footer[24..], id.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(footer[32..], PartFormat.FooterMagic);
        BinaryPrimitives.WriteUInt64LittleEndian(footer[40..], BlockHeader.Hash(footer[..40], id));
        output.Write(footer);
        return new PartInfo(id, level, _minTime, _maxTime, _rows, _histogramRows, output.Position, _tenants.Count);
    }

    private static void AddInt32(ByteBuffer index, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(index.Reserve(4), value);
        index.Advance(4);
    }

    private static void WriteEntry(ByteBuffer index, BlockEntry entry)
    {
        Span<byte> bytes = index.Reserve(PartFormat.IndexEntryLength);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, entry.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], entry.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], entry.FirstRef);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], entry.LastRef);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], entry.Rows);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], entry.MinTime);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], entry.MaxTime);
        index.Advance(PartFormat.IndexEntryLength);
    }

    private void WriteHeader(ByteBuffer index, long offset, PartId id, int level)
    {
        Span<byte> header = index.Reserve(PartFormat.IndexHeaderLength);
        BinaryPrimitives.WriteUInt64LittleEndian(header, PartFormat.IndexMagic);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], BlockHeader.Hash(header[..16], id));
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], _minTime);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], _maxTime);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], _rows);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], _histogramRows);
        BinaryPrimitives.WriteInt32LittleEndian(header[56..], level);
        BinaryPrimitives.WriteInt32LittleEndian(header[60..], _tenants.Count);
        index.Advance(PartFormat.IndexHeaderLength);
    }

    private void EndTenant()
    {
        if (_floats.Count + _histograms.Count > 0)
        {
            _tenants.Add(new(_tenant, _entries.Count, _floats.Count, _histograms.Count));
            _entries.AddRange(_floats);
            _entries.AddRange(_histograms);
        }

        _floats.Clear();
        _histograms.Clear();
    }
}
