using System.Buffers.Binary;
using System.Text;
using RemoteStore.Model;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Tsdb.Heads;

/// <summary>
/// WAL payload of rows: <c>u8 version, u8 flags, varint tenant length, tenant, u32 float rows, u32 histogram rows, rows</c>. A float row is
/// <c>svarint ref - previous ref, svarint t - previous t, [svarint start - t], 8 bytes value</c>; a histogram row has <c>varint length, payload</c>
/// in place of the value. Float rows come first; differences go on from the one to the other. Page: docs/wal.md.
/// </summary>
/// <remarks>Writers are reused; a payload is valid until the next <see cref="Begin"/>.</remarks>
internal sealed class RowEncoder
{
    private const byte Version = 1;
    private const byte HasStarts = 1;
    private const int MaxRowBytes = 8 + (3 * Varint.MaxLength);

    private byte[] _bytes = new byte[64 << 10];
    private int _position;
    private int _countsAt;
    private int _floats;
    private int _histograms;
    private bool _withStarts;
    private long _previousRef;
    private long _previousTime;

    /// <summary>Rows encoded since <see cref="Begin"/>.</summary>
    public int Rows => _floats + _histograms;

    /// <summary>Bytes so far.</summary>
    public int Length => _position;

    /// <summary>Starts a payload.</summary>
    public void Begin(ReadOnlySpan<byte> tenantUtf8, bool withStarts)
    {
        _position = 0;
        _bytes[_position++] = Version;
        _bytes[_position++] = withStarts ? HasStarts : (byte)0;
        _position += Varint.Write(_bytes.AsSpan(_position), (ulong)tenantUtf8.Length);
        tenantUtf8.CopyTo(_bytes.AsSpan(_position));
        _position += tenantUtf8.Length;
        _countsAt = _position;
        _position += 8;
        _floats = 0;
        _histograms = 0;
        _withStarts = withStarts;
        _previousRef = 0;
        _previousTime = 0;
    }

    /// <summary>Adds a float row; only before the first histogram row.</summary>
    public void AddFloat(uint seriesRef, long timestampMs, long valueBits, long startTimestampMs)
    {
        AddKey(seriesRef, timestampMs, startTimestampMs, 0);
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_position), valueBits);
        _position += 8;
        _floats++;
    }

    /// <summary>Adds a histogram row.</summary>
    public void AddHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload)
    {
        AddKey(seriesRef, timestampMs, startTimestampMs, payload.Length);
        _position += Varint.Write(_bytes.AsSpan(_position), (ulong)payload.Length);
        payload.CopyTo(_bytes.AsSpan(_position));
        _position += payload.Length;
        _histograms++;
    }

    /// <summary>The finished payload.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_countsAt), _floats);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_countsAt + 4), _histograms);
        return _bytes.AsSpan(0, _position);
    }

    private void AddKey(uint seriesRef, long timestampMs, long startTimestampMs, int payloadLength)
    {
        if (_position + MaxRowBytes + payloadLength > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _position + MaxRowBytes + payloadLength));
        }

        _position += Varint.WriteSigned(_bytes.AsSpan(_position), seriesRef - _previousRef);
        _position += Varint.WriteSigned(_bytes.AsSpan(_position), unchecked(timestampMs - _previousTime));
        if (_withStarts)
        {
            _position += Varint.WriteSigned(_bytes.AsSpan(_position), unchecked(startTimestampMs - timestampMs));
        }

        _previousRef = seriesRef;
        _previousTime = timestampMs;
    }

    /// <summary>Receives decoded rows.</summary>
    public interface IRowSink
    {
        /// <summary>Called once, before the rows; false skips the payload.</summary>
        bool OnTenant(TenantId tenant);

        /// <summary>A float row.</summary>
        void OnFloat(uint seriesRef, long timestampMs, long valueBits, long startTimestampMs);

        /// <summary>A histogram row; the payload is borrowed.</summary>
        void OnHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload);
    }

    /// <summary>Decodes a payload.</summary>
    /// <returns>False when the bytes are not a payload of a known version; rows before the fault were delivered.</returns>
    public static bool TryDecode<TSink>(ReadOnlySpan<byte> bytes, ref TSink sink)
        where TSink : IRowSink, allows ref struct
    {
        int position = 2;
        if (bytes.Length < 2 || bytes[0] != Version || !Varint.TryRead(bytes, ref position, out ulong nameLength)
            || nameLength > (ulong)(bytes.Length - position)
            || !TenantId.TryParse(Encoding.UTF8.GetString(bytes.Slice(position, (int)nameLength)), out TenantId tenant, out _))
        {
            return false;
        }

        position += (int)nameLength;
        if (bytes.Length - position < 8)
        {
            return false;
        }

        int floats = BinaryPrimitives.ReadInt32LittleEndian(bytes[position..]);
        int histograms = BinaryPrimitives.ReadInt32LittleEndian(bytes[(position + 4)..]);
        position += 8;
        if (!sink.OnTenant(tenant))
        {
            return true;
        }

        bool withStarts = (bytes[1] & HasStarts) != 0;
        long seriesRef = 0;
        long time = 0;
        for (int i = 0; i < floats + histograms; i++)
        {
            long start = 0;
            if (!Varint.TryReadSigned(bytes, ref position, out long refDelta) || !Varint.TryReadSigned(bytes, ref position, out long timeDelta)
                || (withStarts && !Varint.TryReadSigned(bytes, ref position, out start)))
            {
                return false;
            }

            seriesRef += refDelta;
            time = unchecked(time + timeDelta);
            start = withStarts ? unchecked(start + time) : 0;
            if (i < floats)
            {
                if (bytes.Length - position < 8)
                {
                    return false;
                }

                sink.OnFloat((uint)seriesRef, time, BinaryPrimitives.ReadInt64LittleEndian(bytes[position..]), start);
                position += 8;
            }
            else
            {
                if (!Varint.TryRead(bytes, ref position, out ulong length) || length > (ulong)(bytes.Length - position))
                {
                    return false;
                }

                sink.OnHistogram((uint)seriesRef, time, start, bytes.Slice(position, (int)length));
                position += (int)length;
            }
        }

        return true;
    }
}
