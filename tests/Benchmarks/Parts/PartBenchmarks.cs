using BenchmarkDotNet.Attributes;
using RemoteStore.Blocks.Parts;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Benchmarks.Parts;

/// <summary>Encoding and decoding of one block, per row, beside copying the plain columns.</summary>
[MemoryDiagnoser]
public class PartBenchmarks : IDisposable
{
    private const int Rows = 4000;

    private readonly RowBlock _rows = new();
    private readonly RowBlock _decoded = new();
    private readonly ByteBuffer _body = new();
    private RowsEncoder _encoder = null!;
    private RowsDecoder _decoder = null!;
    private BlockHeader _header;
    private byte[] _columns = [];
    private long _minTime;

    /// <summary>Samples per series of the block.</summary>
    [Params(1, 8, 80)]
    public int SamplesPerSeries { get; set; }

    /// <summary>Whether the block is encoded as in a merged part.</summary>
    [Params(false, true)]
    public bool Merged { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var source = new PartRows(Rows / SamplesPerSeries, SamplesPerSeries);
        source.Next();
        _rows.Prepare(Rows, BlockKind.Floats, startTimestamps: false);
        for (int row = 0; row < Rows; row += SamplesPerSeries)
        {
            _rows.AppendRun(source.Refs[row], source.Timestamps.AsSpan(row, SamplesPerSeries), source.ValueBits.AsSpan(row, SamplesPerSeries), []);
        }

        _decoded.Prepare(Rows, BlockKind.Floats, startTimestamps: false);
        _minTime = source.Timestamps.Min();
        _encoder = new RowsEncoder(Merged);
        _decoder = new RowsDecoder();
        Encode();
        _columns = [.. _body.Written, .. new byte[SectionReader.Padding]];
        _header = new BlockHeader(
            BlockKind.Floats, BlockEncoding.Rows, BlockFlags.None, _body.Length, Rows, _rows.RunRefs[0], _rows.RunRefs[_rows.Runs - 1],
            _minTime, source.Timestamps.Max(), 0);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _encoder.Dispose();
        _decoder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public void Copy()
    {
        _rows.Timestamps.AsSpan(0, Rows).CopyTo(_decoded.Timestamps);
        _rows.ValueBits.AsSpan(0, Rows).CopyTo(_decoded.ValueBits);
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public int Encode()
    {
        _body.Clear();
        _encoder.Encode(_rows, _rows.Runs, BlockKind.Floats, _minTime, _body);
        return _body.Length;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public int Decode()
    {
        _decoder.Decode(_header, _columns, _decoded);
        return _decoded.Rows;
    }
}
