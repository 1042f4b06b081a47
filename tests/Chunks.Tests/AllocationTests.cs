using RemoteStore.Chunks.Tests.Support;
using RemoteStore.Primitives.Encoding;
using Shouldly;
using Xunit;

namespace RemoteStore.Chunks.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void EncodeAndDecode_WarmBuffers_AllocatesNothing()
    {
        var random = new Random(4);
        long[][] runs = [.. Enumerable.Range(0, Series.Kinds).Select(kind => Series.Make(kind, 240, random))];
        var encoder = new ValueChunkEncoder();
        var timestamps = new TimestampChunkEncoder();
        var header = new ByteBuffer();
        var packed = new ByteBuffer();
        long[] destination = new long[240 + ChunkLimits.DestinationPadding];
        Work();
        Work();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Work()
        {
            foreach (long[] run in runs)
            {
                CodecHint hint = default;
                header.Clear();
                packed.Clear();
                encoder.Encode(run, ref hint, header, packed);
                int packedBytes = packed.Length;
                timestamps.Encode(run, header, packed);
                packed.Reserve(ChunkLimits.SourcePadding);
                packed.Advance(ChunkLimits.SourcePadding);
                var reader = new ChunkHeaderReader(header.Written);
                ValueChunkDecoder.Decode(ref reader, packed.Written, packedBytes, run.Length, destination);
                TimestampChunkDecoder.Decode(
                    ref reader, packed.Written[packedBytes..], packed.Length - packedBytes - ChunkLimits.SourcePadding, run.Length, destination);
            }
        }
    }
}
