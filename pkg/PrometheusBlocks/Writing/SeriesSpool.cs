using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.PrometheusBlocks.Reading;

namespace RemoteStore.PrometheusBlocks.Writing;

/// <summary>
/// Keeps labels and chunks of the series in a temporary file until all texts are known: an index begins with them.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class SeriesSpool : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly FileOutput _output;
    private readonly ByteBuffer _record = new();
    private bool _closed;

    /// <summary>Creates the file.</summary>
    public SeriesSpool(IFileSystem files, string path)
    {
        _files = files;
        _path = path;
        _output = new FileOutput(files, path);
    }

    /// <summary>Number of series.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a series.</summary>
    /// <param name="symbols">Numbers of name and value in turn.</param>
    /// <param name="chunks">Its chunks.</param>
    public void Add(List<int> symbols, IReadOnlyList<ChunkLocation> chunks)
    {
        _record.Clear();
        _record.AddVarint((ulong)symbols.Count);
        foreach (int symbol in symbols)
        {
            _record.AddVarint((ulong)symbol);
        }

        _record.AddVarint((ulong)chunks.Count);
        foreach (ChunkLocation chunk in chunks)
        {
            _record.AddVarint(Varint.ZigZag(chunk.MinTime));
            _record.AddVarint(Varint.ZigZag(chunk.MaxTime));
            _record.AddVarint((ulong)chunk.Reference);
        }

        Span<byte> length = stackalloc byte[Varint.MaxLength];
        _output.Write(length[..Varint.Write(length, (ulong)_record.Length)]);
        _output.Write(_record.Written);
        Count = checked(Count + 1);
    }

    /// <summary>Gives the series back in the order they came; once.</summary>
    public void ReadAll(Action<List<int>, List<ChunkLocation>> take)
    {
        _output.Finish();
        _output.Dispose();
        _closed = true;
        using var file = new FileWindow(_path);
        var symbols = new List<int>();
        var chunks = new List<ChunkLocation>();
        long offset = 0;
        for (int i = 0; i < Count; i++)
        {
            int head = 0;
            _ = Varint.TryRead(file.Peek(offset, Varint.MaxLength), ref head, out ulong length);
            Read(file.Read(offset + head, (long)length), symbols, chunks);
            offset += head + (long)length;
            take(symbols, chunks);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_closed)
        {
            _output.Dispose();
        }

        _files.DeleteFile(_path);
    }

    private static void Read(ReadOnlySpan<byte> record, List<int> symbols, List<ChunkLocation> chunks)
    {
        symbols.Clear();
        chunks.Clear();
        int position = 0;
        for (int left = (int)Next(record, ref position); left > 0; left--)
        {
            symbols.Add((int)Next(record, ref position));
        }

        for (int left = (int)Next(record, ref position); left > 0; left--)
        {
            long minTime = Varint.UnZigZag(Next(record, ref position));
            long maxTime = Varint.UnZigZag(Next(record, ref position));
            long reference = (long)Next(record, ref position);
            chunks.Add(new(minTime, maxTime, (int)(reference >> 32), (uint)reference));
        }
    }

    private static ulong Next(ReadOnlySpan<byte> record, ref int position) =>
        Varint.TryRead(record, ref position, out ulong value) ? value : throw new InvalidOperationException("the temporary file changed while a block was written");
}
