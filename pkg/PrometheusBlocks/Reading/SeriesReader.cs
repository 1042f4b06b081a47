using System.Buffers.Binary;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>Goes over the series of an index in the order of the file, which is that of their labels.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class SeriesReader
{
    private readonly FileWindow _file;
    private readonly SymbolReader _symbols;
    private readonly long _end;
    private readonly ByteBuffer _labels = new();
    private readonly List<ChunkLocation> _chunks = [];
    private long _position;
    private byte[] _previous = [];
    private int _previousLength;

    /// <summary>Stands before the first series.</summary>
    public SeriesReader(FileWindow file, IndexToc toc, SymbolReader symbols)
    {
        _file = file;
        _symbols = symbols;
        _position = toc.Series;
        _end = toc.Series == 0 ? 0 : SectionEnd(file, toc);
    }

    /// <summary>Reference of the series read last, as postings and tombstones name it.</summary>
    public ulong Reference { get; private set; }

    /// <summary>Its canonical label bytes, valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Labels => _labels.WrittenMemory;

    /// <summary>Its chunks, ascending by time; valid until the next series is read.</summary>
    public IReadOnlyList<ChunkLocation> Chunks => _chunks;

    /// <summary>Series read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Reads the next series; false at the end.</summary>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public bool MoveNext()
    {
        const int Alignment = PrometheusFormat.SeriesAlignment;
        _position = (_position + Alignment - 1) / Alignment * Alignment;
        if (_position >= _end)
        {
            return false;
        }

        int head = 0;
        if (!Varint.TryRead(_file.Peek(_position, PrometheusFormat.MaxVarint32), ref head, out ulong length) || length > int.MaxValue)
        {
            throw _file.Corrupt(_position, "a series has no length");
        }

        ReadOnlySpan<byte> entry = _file.Read(_position + head, (long)length + PrometheusFormat.ChecksumBytes);
        ReadOnlySpan<byte> content = entry[..(int)length];
        if (BinaryPrimitives.ReadUInt32BigEndian(entry[(int)length..]) != Crc32C.Compute(content))
        {
            throw _file.Corrupt(_position, "the checksum of a series does not match");
        }

        if (!TryReadLabels(content, out int read) || !TryReadChunks(content[read..]))
        {
            throw _file.Corrupt(_position, "labels or chunks of a series are not possible");
        }

        CheckOrder();
        Reference = (ulong)_position / Alignment;
        _position += head + entry.Length;
        Count++;
        return true;
    }

    private static long SectionEnd(FileWindow file, IndexToc toc)
    {
        long end = file.Length - PrometheusFormat.TocBytes;
        foreach (long section in new[] { toc.Symbols, toc.LabelIndices, toc.LabelIndexTable, toc.Postings, toc.PostingsTable })
        {
            end = section > toc.Series ? Math.Min(end, section) : end;
        }

        return end;
    }

    private bool TryReadLabels(ReadOnlySpan<byte> content, out int position)
    {
        _labels.Clear();
        position = 0;
        if (!Varint.TryRead(content, ref position, out ulong count) || count == 0 || count > (ulong)content.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> last = [];
        for (ulong i = 0; i < count; i++)
        {
            if (!Varint.TryRead(content, ref position, out ulong nameNumber) || !Varint.TryRead(content, ref position, out ulong valueNumber)
                || !_symbols.TryGet(nameNumber, out ReadOnlySpan<byte> name) || !_symbols.TryGet(valueNumber, out ReadOnlySpan<byte> value)
                || value.IsEmpty || name.SequenceCompareTo(last) <= 0)
            {
                return false;
            }

            int size = LabelSetBuilder.FieldLength(name.Length, value.Length);
            _labels.Advance(LabelSetBuilder.WriteField(_labels.Reserve(size), name, value));
            last = name;
        }

        return true;
    }

    private bool TryReadChunks(ReadOnlySpan<byte> content)
    {
        _chunks.Clear();
        int position = 0;
        if (!Varint.TryRead(content, ref position, out ulong count) || count > (ulong)content.Length)
        {
            return false;
        }

        long lastMaxTime = 0;
        long reference = 0;
        for (ulong i = 0; i < count; i++)
        {
            long minTime;
            if (i == 0)
            {
                if (!Varint.TryReadSigned(content, ref position, out minTime))
                {
                    return false;
                }
            }
            else if (Varint.TryRead(content, ref position, out ulong gap))
            {
                minTime = unchecked(lastMaxTime + (long)gap);
            }
            else
            {
                return false;
            }

            if (!Varint.TryRead(content, ref position, out ulong length) || !TryReadReference(content, ref position, i == 0, ref reference))
            {
                return false;
            }

            lastMaxTime = unchecked(minTime + (long)length);
            if (lastMaxTime < minTime || reference < 0)
            {
                return false;
            }

            _chunks.Add(new(minTime, lastMaxTime, (int)(reference >> 32), (uint)reference));
        }

        return position == content.Length;
    }

    private static bool TryReadReference(ReadOnlySpan<byte> content, ref int position, bool isFirst, ref long reference)
    {
        if (isFirst)
        {
            bool ok = Varint.TryRead(content, ref position, out ulong whole);
            reference = (long)whole;
            return ok;
        }

        bool more = Varint.TryReadSigned(content, ref position, out long change);
        reference = unchecked(reference + change);
        return more;
    }

    /// <summary>Readers and writers count on the order, and a series that comes twice would be two.</summary>
    private void CheckOrder()
    {
        ReadOnlySpan<byte> labels = _labels.Written;
        if (Count > 0 && LabelSet.Compare(_previous.AsSpan(0, _previousLength), labels) >= 0)
        {
            throw _file.Corrupt(_position, $"series {LabelSetBuilder.Describe(labels)} does not sort behind the one before");
        }

        if (_previous.Length < labels.Length)
        {
            _previous = new byte[Math.Max(256, labels.Length * 2)];
        }

        labels.CopyTo(_previous);
        _previousLength = labels.Length;
    }
}
