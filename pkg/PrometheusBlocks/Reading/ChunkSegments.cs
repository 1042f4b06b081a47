using System.Buffers.Binary;
using System.Globalization;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.Wire.PrometheusChunks;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>The chunk files of a block. One is open at a time: chunks lie in the order of their series.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class ChunkSegments : IDisposable
{
    private readonly string _folder;
    private readonly string[] _paths;
    private FileWindow? _open;
    private int _number = -1;

    /// <summary>Lists the segments; the folder may be missing in a block without series.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public ChunkSegments(string folder)
    {
        _folder = folder;
        _paths = !Directory.Exists(folder) ? [] :
        [
            .. Directory.EnumerateFiles(folder)
                .Where(static path => uint.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .OrderBy(static path => uint.Parse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Reads a chunk.</summary>
    /// <param name="location">Where it is.</param>
    /// <param name="encoding">How it is encoded.</param>
    /// <returns>Its bytes, valid until the next call.</returns>
    /// <exception cref="CorruptDataException">It is not there, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ReadOnlySpan<byte> Read(ChunkLocation location, out ChunkEncoding encoding)
    {
        FileWindow file = Open(location.Segment);
        int head = 0;
        if (!Varint.TryRead(file.Peek(location.Offset, PrometheusFormat.MaxVarint32), ref head, out ulong length) || length > PrometheusFormat.MaxChunkBytes)
        {
            throw file.Corrupt(location.Offset, "a chunk has no length, or one that is not possible");
        }

        ReadOnlySpan<byte> chunk = file.Read(location.Offset + head, 1 + (long)length + PrometheusFormat.ChecksumBytes);
        if (BinaryPrimitives.ReadUInt32BigEndian(chunk[^PrometheusFormat.ChecksumBytes..]) != Crc32C.Compute(chunk[..^PrometheusFormat.ChecksumBytes]))
        {
            throw file.Corrupt(location.Offset, "the checksum of a chunk does not match");
        }

        encoding = (ChunkEncoding)chunk[0];
        return chunk[1..^PrometheusFormat.ChecksumBytes];
    }

    /// <summary>A chunk is not as it must be.</summary>
    public CorruptDataException Corrupt(ChunkLocation location, string what) =>
        new(location.Segment < _paths.Length ? _paths[location.Segment] : _folder, location.Offset, what);

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();

    private FileWindow Open(int number)
    {
        if (number == _number)
        {
            return _open!;
        }

        if (number >= _paths.Length)
        {
            throw new CorruptDataException(_folder, 0, $"segment {number + 1} is missing");
        }

        _open?.Dispose();
        (_open, _number) = (null, -1);
        _open = new FileWindow(_paths[number]);
        ReadOnlySpan<byte> head = _open.Read(0, PrometheusFormat.SegmentHeaderBytes);
        if (BinaryPrimitives.ReadUInt32BigEndian(head) != PrometheusFormat.SegmentMagic || head[sizeof(uint)] != PrometheusFormat.SegmentVersion)
        {
            throw _open.Corrupt(0, "it does not begin as a segment of chunks of version 1 does");
        }

        _number = number;
        return _open;
    }
}
