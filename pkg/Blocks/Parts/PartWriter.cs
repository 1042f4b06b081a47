using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// Writes one part: tenants by ascending name, within a tenant rows strictly ascending by (ref, time), floats and histograms each in their own order. Memory
/// is one block of each kind and the write buffer. The file counts only once the manifest names it; disposed before <see cref="Finish"/> it is removed.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class PartWriter : IDisposable
{
    private const int MaxHistogramRows = 4096;

    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly PartId _id;
    private readonly int _level;
    private readonly int _blockRows;
    private readonly int _histogramBytes;
    private readonly PartOutput _output;
    private readonly int _columnBlockRows;
    private readonly PartBlockWriter _blocks;
    private readonly PartIndexWriter _index = new();
    private readonly RowBlock _floats = new();
    private readonly RowBlock _histograms = new();
    private TenantId _tenant;
    private bool _hasTenant;
    private bool _finished;
    private bool _disposed;
    private long _lastFloatRef;
    private long _lastFloatTime;
    private long _lastHistogramRef;
    private long _lastHistogramTime;

    private PartWriter(IFileSystem files, string path, PartId id, int level, PartWriterOptions options)
    {
        _files = files;
        _path = path;
        _id = id;
        _level = level;
        _blockRows = level == 0 ? options.FlushedBlockRows : options.MergedBlockRows;
        _histogramBytes = options.HistogramBlockBytes;
        _columnBlockRows = level == 0 ? _blockRows : Math.Max(options.ColumnBlockRows, _blockRows);
        _floats.Prepare(_columnBlockRows, BlockKind.Floats, startTimestamps: false);
        _output = new PartOutput(files.Create(path), options.BufferBytes);
        _blocks = new PartBlockWriter(id, _output, _index, merged: level > 0);
    }

    /// <summary>Creates the file and writes its header.</summary>
    /// <param name="files">Where it is created.</param>
    /// <param name="path">Path of the file, by convention <see cref="PartId.FileName"/> in the folder of parts.</param>
    /// <param name="id">Number of the part; bound into every checksum.</param>
    /// <param name="level">0 for rows from memory: quick to encode; above: smaller.</param>
    /// <param name="options">Sizes.</param>
    /// <exception cref="IOException">The file cannot be created or written.</exception>
    public static PartWriter Create(IFileSystem files, string path, PartId id, int level, PartWriterOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, ushort.MaxValue);
        options.Validate();
        var writer = new PartWriter(files, path, id, level, options);
        Span<byte> header = stackalloc byte[PartFormat.FileHeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, PartFormat.FileMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], PartFormat.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], (ushort)level);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], id.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], BlockHeader.Hash(header[..24], id));
        writer._output.Write(header);
        return writer;
    }

    /// <summary>Rows that follow belong to this tenant, whose name sorts after those before. A tenant without rows leaves no trace.</summary>
    public void BeginTenant(TenantId tenant)
    {
        CheckOpen();
        if (_hasTenant && tenant <= _tenant)
        {
            throw new ArgumentException($"tenant {tenant} comes after {_tenant}, tenants must ascend", nameof(tenant));
        }

        FlushBlocks();
        _index.BeginTenant(tenant);
        _tenant = tenant;
        _hasTenant = true;
        _blocks.BeginTenant(tenant);
        _lastFloatRef = -1;
        _lastHistogramRef = -1;
    }

    /// <summary>Adds float rows, strictly ascending by (ref, time) within the call and from call to call.</summary>
    /// <param name="refs">Series of each row.</param>
    /// <param name="timestamps">Milliseconds since the Unix epoch, same length.</param>
    /// <param name="valueBits">IEEE 754 bits, same length.</param>
    /// <param name="startTimestamps">Start timestamps (0 = none), same length, or empty when no row has one.</param>
    /// <exception cref="ArgumentException">Lengths differ or the order is broken.</exception>
    public void AddFloats(ReadOnlySpan<uint> refs, ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits, ReadOnlySpan<long> startTimestamps)
    {
        if (timestamps.Length != refs.Length)
        {
            ThrowLengths();
        }

        for (int row = 0; row < refs.Length;)
        {
            uint seriesRef = refs[row];
            int end = row + 1;
            while (end < refs.Length && refs[end] == seriesRef)
            {
                end++;
            }

            AddRun(
                seriesRef,
                timestamps[row..end],
                valueBits[row..end],
                startTimestamps.IsEmpty ? [] : startTimestamps[row..end]);
            row = end;
        }
    }

    /// <summary>As <see cref="AddFloats"/>, for rows of one series.</summary>
    public void AddRun(uint seriesRef, ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits, ReadOnlySpan<long> startTimestamps)
    {
        if (timestamps.Length == 0)
        {
            return;
        }

        CheckFloats(seriesRef, timestamps, valueBits.Length, startTimestamps.Length);
        while (true)
        {
            int count = Math.Min(timestamps.Length, FloatRoom());
            if (count == timestamps.Length)
            {
                _floats.AppendRun(seriesRef, timestamps, valueBits, startTimestamps);
                break;
            }

            if (count > 0)
            {
                _floats.AppendRun(seriesRef, timestamps[..count], valueBits[..count], startTimestamps.IsEmpty ? [] : startTimestamps[..count]);
                timestamps = timestamps[count..];
                valueBits = valueBits[count..];
                startTimestamps = startTimestamps.IsEmpty ? [] : startTimestamps[count..];
            }

            CutFloats();
        }
    }

    /// <summary>Adds a histogram row, strictly ascending by (ref, time) among the tenant's histogram rows; may interleave with float rows.</summary>
    /// <param name="seriesRef">Series.</param>
    /// <param name="timestampMs">Milliseconds since the Unix epoch.</param>
    /// <param name="startTimestampMs">Start timestamp, 0 = none.</param>
    /// <param name="payload">The encoded histogram, at most 64 MiB; copied.</param>
    /// <exception cref="ArgumentException">The order is broken or the payload too long.</exception>
    public void AddHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload)
    {
        CheckOpen();
        if (!_hasTenant)
        {
            ThrowNoTenant();
        }

        if (seriesRef < _lastHistogramRef || (seriesRef == _lastHistogramRef && timestampMs <= _lastHistogramTime))
        {
            ThrowOrder(seriesRef, timestampMs);
        }

        if (payload.Length > PartFormat.MaxPayloadBytes)
        {
            throw new ArgumentException($"a histogram payload of {payload.Length} bytes is longer than {PartFormat.MaxPayloadBytes}", nameof(payload));
        }

        if (_histograms.Rows > 0
            && (_histograms.Rows == MaxHistogramRows || _histograms.PayloadBytes + (long)payload.Length > _histogramBytes))
        {
            _blocks.Write(_histograms, BlockKind.Histograms, _histograms.Runs);
            _histograms.Clear();
        }

        if (_histograms.Timestamps.Length == 0)
        {
            _histograms.Prepare(MaxHistogramRows, BlockKind.Histograms, startTimestamps: false);
        }

        _histograms.AppendHistogram(seriesRef, timestampMs, startTimestampMs, payload);
        _lastHistogramRef = seriesRef;
        _lastHistogramTime = timestampMs;
    }

    /// <summary>Writes what is left, index and footer, and makes file and directory entry durable.</summary>
    /// <exception cref="IOException">Something could not be written; the part must not be used.</exception>
    public PartInfo Finish()
    {
        CheckOpen();
        FlushBlocks();
        PartInfo info = _index.Finish(_output, _id, _level);
        _output.Sync();
        _files.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        _finished = true;
        return info;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _blocks.Dispose();
        _output.Dispose();
        if (!_finished)
        {
            try
            {
                _files.DeleteFile(_path);
            }
            catch (IOException)
            {
                // No manifest names the file: whoever opens the folder next removes it.
            }
        }
    }

    [DoesNotReturn]
    private static void ThrowLengths() => throw new ArgumentException("columns of rows differ in length");

    [DoesNotReturn]
    private static void ThrowNoTenant() => throw new InvalidOperationException("rows were added before a tenant began");

    [DoesNotReturn]
    private static void ThrowOrder(uint seriesRef, long timestampMs) =>
        throw new ArgumentException($"row of series {seriesRef} at {timestampMs} does not come after the one before");

    private void CheckFloats(uint seriesRef, ReadOnlySpan<long> timestamps, int values, int starts)
    {
        CheckOpen();
        if (!_hasTenant)
        {
            ThrowNoTenant();
        }

        if (values != timestamps.Length || (starts != 0 && starts != timestamps.Length))
        {
            ThrowLengths();
        }

        if (seriesRef < _lastFloatRef || (seriesRef == _lastFloatRef && timestamps[0] <= _lastFloatTime))
        {
            ThrowOrder(seriesRef, timestamps[0]);
        }

        for (int i = 1; i < timestamps.Length; i++)
        {
            if (timestamps[i] <= timestamps[i - 1])
            {
                ThrowOrder(seriesRef, timestamps[i]);
            }
        }

        _lastFloatRef = seriesRef;
        _lastFloatTime = timestamps[^1];
    }

    private void CheckOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_finished)
        {
            throw new InvalidOperationException("the part is finished");
        }
    }

    /// <summary>Rows that still fit the float block: blocks of long runs grow larger.</summary>
    private int FloatRoom()
    {
        int room = _blockRows - _floats.Rows;
        return room <= 0 && BlockCodecs.SuitColumns(_floats.Rows, _floats.Runs) ? _columnBlockRows - _floats.Rows : Math.Max(room, 0);
    }

    /// <summary>Writes the full float block, without its last series when that may go on and the block stays at least half full.</summary>
    private void CutFloats()
    {
        int lastStart = _floats.RunStarts[_floats.Runs - 1];
        int runs = lastStart >= _blockRows / 2 && lastStart > 0 ? _floats.Runs - 1 : _floats.Runs;
        _blocks.Write(_floats, BlockKind.Floats, runs);
        _floats.RemoveFront(runs);
    }

    private void FlushBlocks()
    {
        if (_floats.Rows > 0)
        {
            _blocks.Write(_floats, BlockKind.Floats, _floats.Runs);
            _floats.Clear();
        }

        if (_histograms.Rows > 0)
        {
            _blocks.Write(_histograms, BlockKind.Histograms, _histograms.Runs);
            _histograms.Clear();
        }
    }
}
