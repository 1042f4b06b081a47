using System.Buffers.Binary;
using RemoteStore.Blocks.Format;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PrometheusBlocks.Writing;

/// <summary>
/// Writes a block that Prometheus reads: index version 2, chunks, tombstones without entries, <c>meta.json</c> last. It is written beside its place and moved there
/// when it is durable. Memory: the distinct texts, and four bytes for each label of each series. Disposed before <see cref="Finish"/> it leaves nothing.
/// </summary>
/// <remarks>Start timestamps are not written: the chunks that all versions read have none. Not safe for concurrent use.</remarks>
public sealed class PrometheusBlockWriter : IDisposable
{
    private const string TemporarySuffix = ".tmp-for-creation"; // Prometheus removes such folders when it starts
    private const string SpoolName = "series.tmp";

    private readonly IFileSystem _files;
    private readonly string _root;
    private readonly string _directory;
    private readonly BlockId _id;
    private readonly BlockRange _range;
    private readonly ChunkSegmentWriter _segments;
    private readonly SeriesChunks _chunks;
    private readonly SeriesSpool _spool;
    private readonly SymbolTable _symbols = new();
    private readonly List<int> _numbers = [];
    private byte[] _previous = [];
    private long _floats;
    private long _histograms;
    private bool _finished;

    private PrometheusBlockWriter(IFileSystem files, string root, BlockId id, BlockRange range, long segmentBytes)
    {
        _files = files;
        _root = root;
        _id = id;
        _range = range;
        _directory = Path.Combine(root, id + TemporarySuffix);
        string chunks = Path.Combine(_directory, PrometheusFormat.ChunksFolder);
        files.DeleteDirectory(_directory);
        files.CreateDirectory(chunks);
        _segments = new ChunkSegmentWriter(files, chunks, segmentBytes);
        _chunks = new SeriesChunks(_segments);
        _spool = new SeriesSpool(files, Path.Combine(_directory, SpoolName));
    }

    /// <summary>Begins a block.</summary>
    /// <param name="files">Where it is made.</param>
    /// <param name="root">Folder that gets the folder of the block.</param>
    /// <param name="id">Name of the block.</param>
    /// <param name="range">Times that all samples lie in.</param>
    /// <exception cref="IOException">A file cannot be made.</exception>
    public static PrometheusBlockWriter Create(IFileSystem files, string root, BlockId id, BlockRange range) =>
        Create(files, root, id, range, PrometheusFormat.SegmentBytes);

    internal static PrometheusBlockWriter Create(IFileSystem files, string root, BlockId id, BlockRange range, long segmentBytes)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new(files, Path.GetFullPath(root), id, range, segmentBytes);
    }

    /// <summary>Adds a series; one without samples leaves no trace.</summary>
    /// <param name="labels">Its labels, behind those of the series before in label order.</param>
    /// <param name="samples">Its samples, ascending, one per time, all in the range; copied.</param>
    /// <exception cref="ArgumentException">Labels or samples are out of order, or outside of the range.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void AddSeries(LabelSet labels, SampleBuffer samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count + samples.HistogramCount == 0)
        {
            return;
        }

        if (_spool.Count > 0 && LabelSet.Compare(_previous, labels.Bytes.Span) >= 0)
        {
            throw new ArgumentException($"{labels} does not sort behind the series before", nameof(labels));
        }

        CheckTimes(samples);
        _previous = labels.Bytes.ToArray();
        _numbers.Clear();
        foreach (LabelPair label in labels)
        {
            _numbers.Add(_symbols.Add(label.Name));
            _numbers.Add(_symbols.Add(label.Value));
        }

        _spool.Add(_numbers, _chunks.Write(samples));
        _floats += samples.Count;
        _histograms += samples.HistogramCount;
    }

    /// <summary>Writes the index and what remains, and moves the block to its place.</summary>
    /// <returns>What it holds; null when there was no series, and no block is made.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public PrometheusBlockMeta? Finish()
    {
        if (_spool.Count == 0)
        {
            return null;
        }

        _segments.Finish();
        using (var index = new FileOutput(_files, Path.Combine(_directory, PrometheusFormat.IndexName)))
        {
            new IndexFileWriter(index).Write(_symbols, _spool);
            index.Finish();
        }

        _spool.Dispose();
        WriteTombstones();
        var meta = new PrometheusBlockMeta
        {
            Id = _id,
            Range = _range,
            Samples = _floats + _histograms,
            FloatSamples = _floats,
            HistogramSamples = _histograms,
            Series = _spool.Count,
            Chunks = _segments.Count,
            Sources = [_id],
        };
        DurableFile.Replace(_files, Path.Combine(_directory, PrometheusFormat.MetaName), PrometheusMetaText.Format(meta));
        string place = Path.Combine(_root, _id.ToString());
        _files.DeleteDirectory(place);
        _files.Move(_directory, place);
        _files.SyncDirectory(_root);
        _finished = true;
        return meta;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _segments.Dispose();
        if (!_finished)
        {
            _spool.Dispose();
            _files.DeleteDirectory(_directory);
        }
    }

    private void WriteTombstones()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint) + 1 + PrometheusFormat.ChecksumBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, PrometheusFormat.TombstonesMagic);
        bytes[sizeof(uint)] = PrometheusFormat.TombstonesVersion;
        bytes[^PrometheusFormat.ChecksumBytes..].Clear(); // that of nothing is 0
        using var output = new FileOutput(_files, Path.Combine(_directory, PrometheusFormat.TombstonesName));
        output.Write(bytes);
        output.Finish();
    }

    private void CheckTimes(SampleBuffer samples)
    {
        long previous = long.MinValue;
        foreach (long time in samples.Timestamps)
        {
            Check(time, ref previous);
        }

        previous = long.MinValue;
        foreach (HistogramSample histogram in samples.Histograms)
        {
            Check(histogram.TimestampMs, ref previous);
        }
    }

    private void Check(long time, ref long previous)
    {
        if (!_range.Contains(time) || time < previous)
        {
            throw new ArgumentException($"a sample at {time} is out of order, or outside of the block from {_range.Start} to {_range.End}");
        }

        previous = time;
    }
}
