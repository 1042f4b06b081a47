using System.Buffers.Binary;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Encoding;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.PrometheusBlocks.Tests.Reading;

public sealed class TombstonesTests
{
    [Fact]
    public void Tombstones_OfASeries_AreApplied()
    {
        using var folder = new BlockFolder();
        string block = folder.Write([Series("a"), Series("b")]);
        ulong first = FirstReference(block);
        long start = GeneratedSeries.Range.Start;
        Write(block, [(first, start + 2, start + 3), (first, start, start), (first, start + 3, start + 4)]);

        BlockLines.OfPrometheus(block).Count(static line => line.StartsWith("{a=", StringComparison.Ordinal)).ShouldBe(6); // of 10, without 0 and 2 to 4
        BlockLines.OfPrometheus(block).Count(static line => line.StartsWith("{b=", StringComparison.Ordinal)).ShouldBe(10);
    }

    [Fact]
    public void Range_LeavesOutWhatLiesOutside()
    {
        using var folder = new BlockFolder();
        string block = folder.Write([Series("a")]);

        BlockLines.OfPrometheus(block, new(GeneratedSeries.Range.Start + 2, GeneratedSeries.Range.Start + 4)).Count.ShouldBe(3);
    }

    private static GeneratedSeries Series(string name)
    {
        var samples = new SampleBuffer();
        for (int i = 0; i < 10; i++)
        {
            samples.Add(GeneratedSeries.Range.Start + i, i);
        }

        return new(LabelSet.From(name, "x"), samples);
    }

    private static ulong FirstReference(string block)
    {
        byte[] index = File.ReadAllBytes(Path.Combine(block, "index"));
        return BinaryPrimitives.ReadUInt64BigEndian(index.AsSpan(index.Length - PrometheusFormat.TocBytes + sizeof(ulong))) / PrometheusFormat.SeriesAlignment;
    }

    private static void Write(string block, (ulong Series, long From, long To)[] stones)
    {
        var content = new ByteBuffer();
        foreach ((ulong series, long from, long to) in stones)
        {
            content.AddVarint(series);
            content.AddVarint(Varint.ZigZag(from));
            content.AddVarint(Varint.ZigZag(to));
        }

        byte[] checksum = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32C.Compute(content.Written));
        File.WriteAllBytes(Path.Combine(block, "tombstones"), [0x01, 0x30, 0xBA, 0x30, 1, .. content.Written, .. checksum]);
    }
}
