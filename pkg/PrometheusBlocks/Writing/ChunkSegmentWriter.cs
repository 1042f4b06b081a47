using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.Wire.PrometheusChunks;

namespace RemoteStore.PrometheusBlocks.Writing;

/// <summary>Writes the chunk files of a block.</summary>
internal sealed class ChunkSegmentWriter(IFileSystem files, string folder, long segmentBytes) : IDisposable
{
    private FileOutput? _segment;
    private int _segments;

    /// <summary>Chunks written.</summary>
    public long Count { get; private set; }

    /// <summary>Writes a chunk.</summary>
    /// <returns>Where it is.</returns>
    public ChunkLocation Write(long minTime, long maxTime, ChunkEncoding encoding, ReadOnlySpan<byte> data)
    {
        Span<byte> head = stackalloc byte[PrometheusFormat.MaxVarint32 + 1];
        int length = Varint.Write(head, (ulong)data.Length);
        head[length] = (byte)encoding;
        if (_segment is null || _segment.Position + head.Length + data.Length + PrometheusFormat.ChecksumBytes > segmentBytes)
        {
            Next();
        }

        var location = new ChunkLocation(minTime, maxTime, _segments - 1, (uint)_segment!.Position);
        _segment.Write(head[..(length + 1)]);
        _segment.Write(data);
        _segment.Write(Crc32C.Append(Crc32C.Compute(head.Slice(length, 1)), data));
        Count++;
        return location;
    }

    /// <summary>Makes everything durable.</summary>
    public void Finish()
    {
        _segment?.Finish();
        files.SyncDirectory(folder);
    }

    /// <inheritdoc/>
    public void Dispose() => _segment?.Dispose();

    private void Next()
    {
        _segment?.Finish();
        _segment?.Dispose();
        _segment = null;
        _segment = new FileOutput(files, Path.Combine(folder, PrometheusFormat.SegmentName(++_segments)));
        _segment.Write(PrometheusFormat.SegmentMagic);
        _segment.Write([PrometheusFormat.SegmentVersion, 0, 0, 0]);
    }
}
