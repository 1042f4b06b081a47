using System.Buffers.Binary;
using CsCheck;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;
using Shouldly;
using Xunit;

namespace RemoteStore.PrometheusBlocks.Tests.Reading;

public sealed class DamageTests
{
    [Fact]
    public void AnyByteChanged_IsNamed_OrChangesNothing() => Gen.Select(GeneratedSeries.Any, Gen.Int, Gen.Byte[1, 255], Gen.Int[0, 3]).Sample(
        static (series, at, change, which) =>
        {
            using var folder = new BlockFolder();
            string block = folder.Write(series);
            string written = string.Join('\n', BlockLines.OfPrometheus(block));
            string path = Path.Combine(block, new[] { "index", "chunks/000001", "tombstones", "index" }[which]);
            byte[] bytes = File.ReadAllBytes(path);
            bytes[(int)((uint)at % bytes.Length)] ^= change;
            File.WriteAllBytes(path, bytes);

            (Read(block) ?? written).ShouldBe(written);
        },
        iter: 300);

    [Fact]
    public void AnyLength_IsNamed_OrChangesNothing() => Gen.Select(GeneratedSeries.Any, Gen.Int, Gen.Bool).Sample(
        static (series, length, inIndex) =>
        {
            using var folder = new BlockFolder();
            string block = folder.Write(series);
            string written = string.Join('\n', BlockLines.OfPrometheus(block));
            using (FileStream file = File.OpenWrite(Path.Combine(block, inIndex ? "index" : "chunks/000001")))
            {
                file.SetLength((uint)length % file.Length);
            }

            (Read(block) ?? written).ShouldBe(written);
        },
        iter: 100);

    [Fact]
    public void ArbitrarySections_WithRightChecksums_NeverCrash() => Gen.Select(GeneratedSeries.Any, Gen.Byte.Array[1, 60], Gen.Int, Gen.Bool).Sample(
        static (series, content, at, inIndex) =>
        {
            using var folder = new BlockFolder();
            string block = folder.Write(series);
            string path = Path.Combine(block, inIndex ? "index" : "chunks/000001");
            byte[] bytes = File.ReadAllBytes(path);
            Forge(bytes, inIndex, content, at);
            File.WriteAllBytes(path, bytes);

            _ = Read(block); // samples or a fault that is named: nothing else may come out
            Directory.Exists(block).ShouldBeTrue();
        },
        iter: 200);

    [Fact]
    public void UnknownEncoding_IsNamed()
    {
        using var folder = new BlockFolder();
        string block = folder.Write(GeneratedSeries.Any.Single());
        string path = Path.Combine(block, "chunks", "000001");
        byte[] bytes = File.ReadAllBytes(path);
        int position = PrometheusFormat.SegmentHeaderBytes;
        Varint.TryRead(bytes, ref position, out ulong length).ShouldBeTrue();
        bytes[position] = 77;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(position + 1 + (int)length), Crc32C.Compute(bytes.AsSpan(position, 1 + (int)length)));
        File.WriteAllBytes(path, bytes);

        Should.Throw<CorruptDataException>(() => BlockLines.OfPrometheus(block)).Message.ShouldContain("chunk encoding 77");
    }

    /// <summary>Puts bytes into an entry and makes its checksum fit.</summary>
    private static void Forge(byte[] bytes, bool inIndex, byte[] content, int at)
    {
        int position = inIndex ? (int)BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(bytes.Length - PrometheusFormat.TocBytes + sizeof(ulong))) : PrometheusFormat.SegmentHeaderBytes;
        Varint.TryRead(bytes, ref position, out ulong told).ShouldBeTrue();
        Span<byte> entry = bytes.AsSpan(position, (int)told + (inIndex ? 0 : 1));
        int offset = (int)((uint)at % entry.Length);
        content.AsSpan(0, Math.Min(content.Length, entry.Length - offset)).CopyTo(entry[offset..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(position + entry.Length), Crc32C.Compute(entry));
    }

    private static string? Read(string block)
    {
        try
        {
            return string.Join('\n', BlockLines.OfPrometheus(block));
        }
        catch (CorruptDataException corrupt)
        {
            corrupt.File.ShouldStartWith(block);
            return null;
        }
    }
}
