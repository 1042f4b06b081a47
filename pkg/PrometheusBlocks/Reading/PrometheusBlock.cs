using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>
/// A block that Prometheus has written, open for reading: index version 2, chunks of floats and native histograms, tombstones. Everything is checked before it is
/// believed. Memory: the texts of the index, one series and a few buffers.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class PrometheusBlock : IDisposable
{
    private readonly FileWindow _index;
    private readonly IndexToc _toc;
    private readonly SymbolReader _symbols;
    private readonly IReadOnlyDictionary<ulong, List<QueryRange>> _tombstones;

    private PrometheusBlock(
        string directory, PrometheusBlockMeta meta, FileWindow index, IndexToc toc, SymbolReader symbols, IReadOnlyDictionary<ulong, List<QueryRange>> tombstones)
    {
        Directory = directory;
        Meta = meta;
        _index = index;
        _toc = toc;
        _symbols = symbols;
        _tombstones = tombstones;
    }

    /// <summary>Where it lies.</summary>
    public string Directory { get; }

    /// <summary>What it says of itself.</summary>
    public PrometheusBlockMeta Meta { get; }

    /// <summary>Reads <c>meta.json</c> alone.</summary>
    /// <exception cref="CorruptDataException">It is no description of a block.</exception>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    public static PrometheusBlockMeta ReadMeta(string directory)
    {
        using var file = new FileWindow(Path.Combine(directory, PrometheusFormat.MetaName));
        return file.Length <= PrometheusMetaText.MaxBytes
            ? PrometheusMetaText.Parse(file.Path, file.Read(0, file.Length))
            : throw file.Corrupt(0, $"meta.json of {file.Length} bytes is not possible");
    }

    /// <summary>Opens a block.</summary>
    /// <exception cref="CorruptDataException">Its description, the head of its index or its tombstones are damaged.</exception>
    /// <exception cref="IOException">A file is not there or cannot be read.</exception>
    public static PrometheusBlock Open(string directory)
    {
        PrometheusBlockMeta meta = ReadMeta(directory);
        IReadOnlyDictionary<ulong, List<QueryRange>> tombstones = TombstonesFile.Read(Path.Combine(directory, PrometheusFormat.TombstonesName));
        var index = new FileWindow(Path.Combine(directory, PrometheusFormat.IndexName));
        try
        {
            IndexToc toc = IndexTocReader.Read(index);
            return new(directory, meta, index, toc, SymbolReader.Read(index, toc.Symbols), tombstones);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Goes over all series in label order; one cursor at a time.</summary>
    /// <param name="range">Samples outside are left out.</param>
    public PrometheusSeriesCursor OpenCursor(QueryRange range) => new(
        new SeriesReader(_index, _toc, _symbols), new ChunkSegments(Path.Combine(Directory, PrometheusFormat.ChunksFolder)), _tombstones,
        () => PostingsCount.Read(_index, _toc), _index.Path, range);

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();
}
