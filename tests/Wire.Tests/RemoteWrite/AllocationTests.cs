using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Testing;
using RemoteStore.Wire.RemoteWrite;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.RemoteWrite;

public class AllocationTests
{
    private static readonly NativeHistogram s_histogram = new()
    {
        IntegerCount = 6,
        IntegerZeroCount = 1,
        Schema = 3,
        SumBits = 5,
        PositiveSpans = [new(-2, 2), new(1, 1)],
        PositiveDeltas = [1, 1, -1],
        NegativeSpans = [new(0, 1)],
        NegativeDeltas = [1],
    };

    [Fact]
    public void DecodeV1_WarmBatch_AllocatesNothing() =>
        Measure(RemoteWriteEncoder.EncodeV1(Series()), RemoteWriteV1Decoder.Decode).ShouldBe(0);

    [Fact]
    public void DecodeV2_WarmBatch_AllocatesNothing() =>
        Measure(RemoteWriteEncoder.EncodeV2(Series()), RemoteWriteV2Decoder.Decode).ShouldBe(0);

    private static IEnumerable<RequestSeries> Series() => Enumerable.Range(0, 500).Select(i => new RequestSeries("__name__", "requests_total", "instance", "host-" + i, "job", "api")
    {
        Metadata = (MetricType.Counter, "Requests.", "1"),
    }.Sample(1_700_000_000_000, i, 1_600_000_000_000).Histogram(1_700_000_000_000, s_histogram).Exemplar(1_700_000_000_000, 1, "trace_id", "abc"));

    private static long Measure(byte[] request, Func<WriteBatch, int, DecodeResult> decode)
    {
        var batch = new WriteBatch();
        long before = 0;
        for (int i = 0; i < 60; i++)
        {
            before = i == 40 ? GC.GetAllocatedBytesForCurrentThread() : before;
            request.CopyTo(batch.Reset(request.Length));
            if (!decode(batch, request.Length).IsOk || batch.SeriesCount != 500 || batch.Histograms.Count != 500)
            {
                throw new InvalidOperationException("the request was not decoded");
            }
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
