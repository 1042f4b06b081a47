using CsCheck;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Parts;

public sealed class ColumnTests
{
    [Theory]
    [InlineData("rows")]
    [InlineData("merged rows")]
    [InlineData("columns")]
    public void Encode_AnyValues_RoundTripBitForBit(string form)
    {
        using IBlockEncoder encoder = Encoder(form);
        using IBlockDecoder decoder = BlockCodecs.CreateDecoder(encoder.Encoding);
        PartGen.Bits.Array[1, 40].Array[1, 20].Sample(
            series =>
            {
                var rows = new RowBlock();
                rows.Prepare(series.Sum(s => s.Length), BlockKind.Floats, startTimestamps: false);
                uint seriesRef = 5;
                foreach (long[] values in series)
                {
                    rows.AppendRun(seriesRef += 3, [.. values.Select((_, i) => i * 15000L)], values, []);
                }

                RowBlock decoded = RoundTrip(encoder, decoder, rows, 0, 15000 * 40);
                decoded.ValueBits.AsSpan(0, rows.Rows).ToArray().ShouldBe(rows.ValueBits.AsSpan(0, rows.Rows).ToArray());
                decoded.RunRefs.AsSpan(0, rows.Runs).ToArray().ShouldBe(rows.RunRefs.AsSpan(0, rows.Runs).ToArray());
            },
            iter: 300,
            threads: 1);
    }

    [Theory]
    [InlineData("merged rows")]
    [InlineData("columns")]
    public void Encode_AnyTimestampsAndStarts_RoundTrip(string form)
    {
        using IBlockEncoder encoder = Encoder(form);
        using IBlockDecoder decoder = BlockCodecs.CreateDecoder(encoder.Encoding);
        Gen<long> time = Gen.Frequency((1, Gen.Long), (4, Gen.Long[-100, 100]), (1, Gen.Bool.Select(low => low ? long.MinValue : long.MaxValue)));
        Gen.Select(time.Array[1, 30], time.Array[30]).Array[1, 10].Sample(
            series =>
            {
                var rows = new RowBlock();
                rows.Prepare(300, BlockKind.Floats, startTimestamps: false);
                uint seriesRef = uint.MaxValue - 10;
                long min = long.MaxValue;
                long max = long.MinValue;
                foreach ((long[] times, long[] starts) in series)
                {
                    long[] sorted = [.. times.Distinct().Order()];
                    rows.AppendRun(seriesRef++, sorted, new long[sorted.Length], starts.AsSpan(0, sorted.Length));
                    min = Math.Min(min, sorted[0]);
                    max = Math.Max(max, sorted[^1]);
                }

                RowBlock decoded = RoundTrip(encoder, decoder, rows, min, max);
                decoded.Timestamps.AsSpan(0, rows.Rows).ToArray().ShouldBe(rows.Timestamps.AsSpan(0, rows.Rows).ToArray());
                decoded.StartTimestamps.AsSpan(0, rows.Rows).ToArray().ShouldBe(rows.StartTimestamps.AsSpan(0, rows.Rows).ToArray());
                decoded.RunStarts.AsSpan(0, rows.Runs + 1).ToArray().ShouldBe(rows.RunStarts.AsSpan(0, rows.Runs + 1).ToArray());
            },
            iter: 300,
            threads: 1);
    }

    [Fact]
    public void Encode_RunsLongerThanAChunk_RoundTrip()
    {
        using var encoder = new ColumnsEncoder();
        using var decoder = new ColumnsDecoder();
        var random = new Random(3);
        int[] lengths = [1, 1023, 1024, 1025, 2048, 5000];
        var rows = new RowBlock();
        rows.Prepare(lengths.Sum(), BlockKind.Floats, startTimestamps: false);
        foreach (int length in lengths)
        {
            rows.AppendRun((uint)length, [.. Enumerable.Range(0, length).Select(i => i * 10L)], [.. Enumerable.Range(0, length).Select(_ => random.NextInt64(long.MinValue, long.MaxValue))], []);
        }

        RowBlock decoded = RoundTrip(encoder, decoder, rows, 0, 50_000);

        decoded.ValueBits.AsSpan(0, rows.Rows).ToArray().ShouldBe(rows.ValueBits.AsSpan(0, rows.Rows).ToArray());
        decoded.RunStarts.AsSpan(0, rows.Runs + 1).ToArray().ShouldBe(rows.RunStarts.AsSpan(0, rows.Runs + 1).ToArray());
    }

    [Fact]
    public void Encode_AnyHistogramBytes_RoundTripInColumns()
    {
        using var encoder = new ColumnsEncoder();
        using var decoder = new ColumnsDecoder();
        byte[] histogram = HistogramPayload.Encode(new NativeHistogram
        {
            Schema = 2,
            IntegerCount = 12,
            SumBits = BitConverter.DoubleToInt64Bits(7.25),
            PositiveSpans = [new HistogramSpan(-2, 2), new HistogramSpan(3, 1)],
            PositiveDeltas = [3, 1, 1],
        });
        Gen<byte[]> payload = Gen.Frequency((3, Gen.Const(histogram)), (1, Gen.Byte.Array[0, 60]));
        payload.Array[1, 50].Array[1, 6].Sample(
            series =>
            {
                var rows = new RowBlock();
                rows.Prepare(series.Sum(s => s.Length), BlockKind.Histograms, startTimestamps: false);
                for (int s = 0; s < series.Length; s++)
                {
                    for (int i = 0; i < series[s].Length; i++)
                    {
                        rows.AppendHistogram((uint)s, i * 15000L, 0, series[s][i]);
                    }
                }

                RowBlock decoded = RoundTrip(encoder, decoder, rows, 0, 15000 * 50, BlockKind.Histograms);
                for (int row = 0; row < rows.Rows; row++)
                {
                    decoded.Payload(row).ToArray().ShouldBe(rows.Payload(row).ToArray());
                }
            },
            iter: 200,
            threads: 1);
    }

    [Theory]
    [InlineData(BlockEncoding.Rows)]
    [InlineData(BlockEncoding.Columns)]
    internal void Decode_ArbitraryBytes_ThrowsNothingButInvalidData(BlockEncoding encoding)
    {
        using IBlockDecoder decoder = BlockCodecs.CreateDecoder(encoding);
        var rows = new RowBlock();
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[1, 300], Gen.Bool, Gen.Bool).Sample(
            (bytes, count, histograms, starts) => Attempt(decoder, rows, bytes, count, histograms, starts),
            iter: 20000,
            threads: 1);
    }

    [Theory]
    [InlineData("rows")]
    [InlineData("merged rows")]
    [InlineData("columns")]
    public void Decode_AlteredBytes_ThrowsNothingButInvalidData(string form)
    {
        using IBlockEncoder encoder = Encoder(form);
        using IBlockDecoder decoder = BlockCodecs.CreateDecoder(encoder.Encoding);
        var decoded = new RowBlock();
        var random = new Random(1);
        var rows = new RowBlock();
        rows.Prepare(400, BlockKind.Floats, startTimestamps: false);
        for (uint seriesRef = 0; seriesRef < 20; seriesRef++)
        {
            long[] times = [.. Enumerable.Range(0, 20).Select(i => i * 100L + seriesRef % 3)];
            rows.AppendRun(seriesRef * 2, times, [.. times.Select(_ => BitConverter.DoubleToInt64Bits(random.Next(100) / 10.0))], [.. times.Select(t => t / 500)]);
        }

        var body = new ByteBuffer();
        encoder.Encode(rows, rows.Runs, BlockKind.Floats, 0, body);
        for (int i = 0; i < 20000; i++)
        {
            byte[] bytes = body.Written.ToArray();
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Attempt(decoder, decoded, bytes, 400, histograms: false, starts: true);
        }
    }

    [Fact]
    public void DecimalScale_GaugesWithDecimals_FindsTheExponent()
    {
        long[] run = [.. Enumerable.Range(0, 50).Select(i => BitConverter.DoubleToInt64Bits((1234 + i * 7) / 100.0))];

        DecimalScale.Choose(run).ShouldBe(2);
        DecimalScale.Choose([.. Enumerable.Range(1, 50).Select(i => BitConverter.DoubleToInt64Bits(Math.Sqrt(i)))]).ShouldBe(0);
    }

    private static IBlockEncoder Encoder(string form) => form switch
    {
        "rows" => new RowsEncoder(merged: false),
        "merged rows" => new RowsEncoder(merged: true),
        _ => new ColumnsEncoder(),
    };

    private static void Attempt(IBlockDecoder decoder, RowBlock rows, byte[] bytes, int count, bool histograms, bool starts)
    {
        var header = new BlockHeader(
            histograms ? BlockKind.Histograms : BlockKind.Floats,
            BlockEncoding.Rows,
            starts ? BlockFlags.StartTimestamps : BlockFlags.None,
            bytes.Length,
            count,
            0,
            38,
            0,
            2000,
            0);
        try
        {
            decoder.Decode(header, [.. bytes, .. new byte[SectionReader.Padding]], rows);
        }
        catch (InvalidDataException)
        {
            // The only way to refuse.
        }
    }

    private static RowBlock RoundTrip(IBlockEncoder encoder, IBlockDecoder decoder, RowBlock rows, long minTime, long maxTime, BlockKind kind = BlockKind.Floats)
    {
        var body = new ByteBuffer();
        encoder.Encode(rows, rows.Runs, kind, minTime, body);
        var header = new BlockHeader(
            kind,
            encoder.Encoding,
            rows.HasStartTimestamps ? BlockFlags.StartTimestamps : BlockFlags.None,
            body.Length,
            rows.Rows,
            rows.RunRefs[0],
            rows.RunRefs[rows.Runs - 1],
            minTime,
            maxTime,
            0);
        var decoded = new RowBlock();
        decoder.Decode(header, [.. body.Written, .. new byte[SectionReader.Padding]], decoded);
        decoded.Rows.ShouldBe(rows.Rows);
        return decoded;
    }
}
