using System.Text;
using RemoteStore.Model;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>Encodes blocks, each in the encoding that suits its rows, and writes them with their headers and index entries.</summary>
internal sealed class PartBlockWriter : IDisposable
{
    private readonly PartId _id;
    private readonly PartOutput _output;
    private readonly PartIndexWriter _index;
    private readonly RowsEncoder _rows;
    private readonly ColumnsEncoder? _columns;
    private readonly ByteBuffer _body = new();
    private readonly byte[] _tenantName = new byte[1 + TenantId.MaxLength];
    private int _tenantNameLength;

    public PartBlockWriter(PartId id, PartOutput output, PartIndexWriter index, bool merged)
    {
        _id = id;
        _output = output;
        _index = index;
        _rows = new RowsEncoder(merged);
        _columns = merged ? new ColumnsEncoder() : null;
    }

    /// <summary>Blocks that follow belong to this tenant.</summary>
    public void BeginTenant(TenantId tenant)
    {
        _tenantName[0] = (byte)tenant.Name.Length;
        _tenantNameLength = 1 + Encoding.ASCII.GetBytes(tenant.Name, _tenantName.AsSpan(1));
    }

    /// <summary>Writes the first <paramref name="runs"/> runs, at least one, as a block.</summary>
    public void Write(RowBlock rows, BlockKind kind, int runs)
    {
        long minTime = long.MaxValue;
        long maxTime = long.MinValue;
        for (int r = 0; r < runs; r++)
        {
            minTime = Math.Min(minTime, rows.Timestamps[rows.RunStarts[r]]);
            maxTime = Math.Max(maxTime, rows.Timestamps[rows.RunStarts[r + 1] - 1]);
        }

        IBlockEncoder encoder = _columns is not null && BlockCodecs.SuitColumns(rows, runs, kind) ? _columns : _rows;
        _body.Clear();
        _body.Add(_tenantName.AsSpan(0, _tenantNameLength));
        encoder.Encode(rows, runs, kind, minTime, _body);
        var header = new BlockHeader(
            kind,
            encoder.Encoding,
            rows.HasStartTimestamps ? BlockFlags.StartTimestamps : BlockFlags.None,
            _body.Length,
            rows.RunStarts[runs],
            rows.RunRefs[0],
            rows.RunRefs[runs - 1],
            minTime,
            maxTime,
            BlockHeader.Hash(_body.Written, _id));
        long offset = _output.Position;
        Span<byte> bytes = stackalloc byte[PartFormat.BlockHeaderLength];
        header.Write(bytes, offset, _id);
        _output.Write(bytes);
        _output.Write(_body.Written);
        _index.Add(kind, new(offset, PartFormat.BlockHeaderLength + _body.Length, header.FirstRef, header.LastRef, minTime, maxTime, header.Rows));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _columns?.Dispose();
    }
}
