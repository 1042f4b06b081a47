using System.Diagnostics.CodeAnalysis;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>
/// Writes one block. Series come in any order; their samples are encoded at once and wait in a temporary file until <see cref="Finish"/> lays them out in
/// label order. Memory is about 30 bytes a series (16 when they come in label order, <see cref="BlockWriterOptions.SeriesAreSorted"/>), plus the distinct
/// label pairs while the index is written, plus fixed buffers. Disposed before <see cref="Finish"/> has returned, it removes the directory.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class BlockWriter : IDisposable
{
    private const int CheckEvery = 1024;
    private const int PageLevel = 5; // zstd; headers of pages are small beside what they describe
    private const int IndexLevel = 9;

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly BlockWriterOptions _options;
    private readonly Spool _spool;
    private readonly ColumnTable _columns;
    private readonly SeriesSpooler _spooler;
    private readonly ISeriesOrder _series;
    private long _floats;
    private long _histograms;
    private bool _finished;
    private bool _disposed;

    private BlockWriter(IFileSystem files, string directory, BlockWriterOptions options)
    {
        _files = files;
        _directory = directory;
        _options = options;
        files.CreateDirectory(directory);
        _spool = new Spool(files, directory);
        _columns = new ColumnTable(_spool);
        _spooler = new SeriesSpooler(_spool, _columns, options);
        _series = options.SeriesAreSorted ? new SortedSeries(_spool) : new CollectedSeries();
    }

    /// <summary>Makes the block's directory.</summary>
    /// <param name="files">Where it is made.</param>
    /// <param name="directory">Path ending in <c>&lt;tenant&gt;/&lt;ULID&gt;</c>.</param>
    /// <param name="options">What the block is.</param>
    /// <exception cref="IOException">The directory or a file cannot be made.</exception>
    public static BlockWriter Create(IFileSystem files, string directory, BlockWriterOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        try
        {
            return new BlockWriter(files, Path.GetFullPath(directory), options);
        }
        catch (IOException)
        {
            files.DeleteDirectory(directory);
            throw;
        }
    }

    /// <summary>Adds a series with all of its samples. A series without samples leaves no trace.</summary>
    /// <param name="canonicalLabels">
    /// Its labels, no set twice; the memory stays valid and unchanged until <see cref="Finish"/> returns, or until this call returns when series are sorted.
    /// </param>
    /// <param name="samples">Its samples, sorted and deduplicated (<see cref="SampleBuffer.SortAndDeduplicate(int, int)"/>), all in the block's range; copied.</param>
    /// <exception cref="ArgumentException">
    /// The samples are not in order or outside the range, or the labels are empty, too many, or out of order where order was promised.
    /// </exception>
    /// <exception cref="IOException">The samples cannot be written.</exception>
    public void AddSeries(ReadOnlyMemory<byte> canonicalLabels, SampleBuffer samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        CheckOpen();
        if (samples.Count == 0 && samples.HistogramCount == 0)
        {
            return;
        }

        CheckLabels(canonicalLabels.Span);
        long offset = _spooler.Add(canonicalLabels.Span, samples, out int length);
        _series.Add(canonicalLabels, new SpoolRecord(offset, length));
        _floats += samples.Count;
        _histograms += samples.HistogramCount;
    }

    /// <summary>
    /// Sorts the series, writes pages, index and, when all is durable, <c>meta.json</c>. When this returns the block survives a loss of power; whether it counts
    /// is for the caller to record.
    /// </summary>
    /// <exception cref="ArgumentException">A label set was added twice.</exception>
    /// <exception cref="IOException">A file cannot be written; dispose the writer, which removes what was written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before <c>meta.json</c> was begun.</exception>
    public BlockMeta Finish(CancellationToken cancellationToken)
    {
        CheckOpen();
        _series.Sort();
        var seal = new BlockSeal(_options.Id);
        using var units = new UnitWriter(seal, PageLevel);
        using var chunksOutput = new BlockOutput(_files, _directory, BlockFile.Chunks, seal);
        ChunksFileWriter chunks = WriteChunks(chunksOutput, units, seal, cancellationToken);
        using var indexOutput = new BlockOutput(_files, _directory, BlockFile.Index, seal);
        using var indexUnits = new UnitWriter(seal, IndexLevel);
        BlockStats stats = WriteIndex(indexOutput, indexUnits, seal, chunks, chunksOutput.Position, cancellationToken);
        BlockFileInfo[] written = [indexOutput.Finish(), chunksOutput.Finish()];
        _spool.Dispose();
        _files.SyncDirectory(_directory);
        _options.BeforeMeta?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();

        var meta = new BlockMeta
        {
            Id = _options.Id,
            Tenant = _options.Tenant,
            Range = _options.Range,
            MinTime = chunks.MinTime,
            MaxTime = chunks.MaxTime,
            ResolutionMs = _options.ResolutionMs,
            Level = _options.Level,
            Sources = [.. _options.Sources],
            Parents = [.. _options.Parents],
            Stats = stats with
            {
                Series = _series.Count,
                FloatSamples = _floats,
                HistogramSamples = _histograms,
                Chunks = _spooler.Chunks,
                Columns = _columns.NumberedCount,
                SamplePageBytes = chunks.SamplePages.Sum(static page => page.StoredLength),
                ColumnPageBytes = chunks.ColumnPages.Sum(static page => page.StoredLength),
            },
            Files = written,
        };
        DurableFile.Replace(_files, Path.Combine(_directory, BlockFormat.MetaName), BlockMetaText.Format(meta));
        SyncParents();
        _finished = true;
        return meta;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            _spool.Dispose();
        }
        finally
        {
            if (!_finished)
            {
                _files.DeleteDirectory(_directory);
            }
        }
    }

    private ChunksFileWriter WriteChunks(BlockOutput output, UnitWriter units, BlockSeal seal, CancellationToken cancellationToken)
    {
        var chunks = new ChunksFileWriter(output, units, seal, _columns, _spool, _options);
        for (int i = 0; i < _series.Count; i++)
        {
            CheckCancelled(i, cancellationToken);
            SpoolRecord record = _series.Record(i);
            chunks.AddSeries(record.Offset, record.LengthBytes);
        }

        chunks.Finish();
        return chunks;
    }

    private BlockStats WriteIndex(
        BlockOutput output, UnitWriter units, BlockSeal seal, ChunksFileWriter chunks, long chunksLength, CancellationToken cancellationToken)
    {
        _series.NumberPairs(cancellationToken);
        PairTable pairs = _series.Pairs;
        var index = new IndexFileWriter(output, units, seal, _options.Range);
        index.WritePairs(pairs);
        long pairsEnd = output.Position;
        var postings = new PostingsBuilder(_spool, pairs);
        var numbers = new List<int>();
        for (int i = 0; i < _series.Count; i++)
        {
            CheckCancelled(i, cancellationToken);
            _series.NextPairs(numbers);
            index.AddSeries(numbers);
            postings.Add(numbers);
        }

        index.FinishSeries();
        long seriesEnd = output.Position;
        index.WritePostings(postings);
        long postingsEnd = output.Position;
        index.WritePages(BlockSection.SamplePages, chunks.SamplePages);
        index.WritePages(BlockSection.ColumnPages, chunks.ColumnPages);
        index.Finish(pairs.Values.Count, chunksLength);
        return new BlockStats
        {
            LabelPairs = pairs.RealPairs,
            PairBytes = pairsEnd,
            SeriesBytes = seriesEnd - pairsEnd,
            PostingsBytes = postingsEnd - seriesEnd,
            DirectoryBytes = output.Position - postingsEnd,
        };
    }

    /// <summary>Makes the entries of the block's directory and of its tenant's durable.</summary>
    private void SyncParents()
    {
        string tenant = Path.GetDirectoryName(_directory)!;
        _files.SyncDirectory(tenant);
        _files.SyncDirectory(Path.GetDirectoryName(tenant)!);
    }

    private static void CheckLabels(ReadOnlySpan<byte> canonical)
    {
        int count = 0;
        for (int position = 0; position < canonical.Length; count++)
        {
            position = LabelOrder.FieldEnd(canonical, position);
        }

        if (count is 0 or > BlockFormat.MaxPairsPerSeries)
        {
            throw new ArgumentException($"a series needs labels, at most {BlockFormat.MaxPairsPerSeries}; this one has {count}", nameof(canonical));
        }
    }

    private static void CheckCancelled(int i, CancellationToken cancellationToken)
    {
        if (i % CheckEvery == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void CheckOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_finished)
        {
            ThrowFinished();
        }
    }

    [DoesNotReturn]
    private static void ThrowFinished() => throw new InvalidOperationException("the block is finished");
}
