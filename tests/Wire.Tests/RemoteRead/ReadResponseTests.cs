using System.Buffers;
using CsCheck;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Testing;
using RemoteStore.Wire.RemoteRead;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.RemoteRead;

public class ReadResponseTests
{
    private static readonly Gen<(string Value, (long T, long V)[] Samples, (long T, NativeHistogram H)[] Histograms)> s_series = Gen.Select(
        Gen.String[Gen.Char['a', 'z'], 1, 200],
        Gen.Select(RequestGen.TimestampMs, RequestGen.ValueBits).Array[0, 30],
        Gen.Select(RequestGen.TimestampMs, RequestGen.Histogram).Array[0, 3]);

    [Fact]
    public void Write_AnyResults_ReadBackBitForBit() => s_series.Array[0, 3].Array[0, 3].Sample(queries =>
    {
        var writer = new ReadResponseWriter();
        foreach (var query in queries)
        {
            writer.BeginQuery();
            foreach ((string value, (long T, long V)[] samples, (long T, NativeHistogram H)[] histograms) in query)
            {
                writer.BeginSeries(LabelSet.From("__name__", "up", "job", value).Bytes.Span);
                writer.AddSamples(samples.Select(s => s.T).ToArray(), samples.Select(s => s.V).ToArray());
                foreach ((long t, NativeHistogram h) in histograms)
                {
                    writer.AddHistogram(t, HistogramPayload.Encode(h));
                }

                writer.EndSeries();
            }

            writer.EndQuery();
        }

        var compressed = new ArrayBufferWriter<byte>();
        writer.CompressTo(compressed);
        SnappyBody.TryDecompress(compressed.WrittenSpan, int.MaxValue, out ReadOnlyMemory<byte> message).ShouldBeTrue();
        ReadResponseReader.TryDecode(message.Span, out IReadOnlyList<IReadOnlyList<ReadSeries>>? results).ShouldBeTrue();

        results!.Count.ShouldBe(queries.Length);
        for (int q = 0; q < queries.Length; q++)
        {
            results[q].Select(s => s.Labels).ShouldBe(queries[q].Select(s => LabelSet.From("__name__", "up", "job", s.Value)));
            results[q].SelectMany(s => s.Samples).ShouldBe(queries[q].SelectMany(s => s.Samples));
            results[q].SelectMany(s => s.Histograms).Select(h => (h.TimestampMs, Convert.ToHexString(h.Payload)))
                .ShouldBe(queries[q].SelectMany(s => s.Histograms).Select(h => (h.T, Convert.ToHexString(HistogramPayload.Encode(h.H)))));
        }
    });

    [Fact]
    public void Write_OneSample_HasTheBytesOfTheMessage()
    {
        var writer = new ReadResponseWriter();
        writer.BeginQuery();
        writer.BeginSeries(LabelSet.From("a", "b").Bytes.Span);
        writer.AddSamples([1], [SampleBits.StaleMarker]);
        writer.EndSeries();
        writer.EndQuery();

        byte[] expected = new ProtoBuilder().Message(1, new ProtoBuilder().Message(1, new ProtoBuilder()
            .Message(1, new ProtoBuilder().Text(1, "a").Text(2, "b"))
            .Message(2, new ProtoBuilder().Fixed64(1, SampleBits.StaleMarker).Varint(2, 1)))).ToArray();
        writer.Written.ToArray().ShouldBe(expected);
    }

    [Fact]
    public void AddSamples_ManyThousands_AllArrive()
    {
        long[] column = [.. Enumerable.Range(0, 5000).Select(i => (long)i)];
        var writer = new ReadResponseWriter();
        writer.BeginQuery();
        writer.BeginSeries(LabelSet.From("a", "b").Bytes.Span);
        writer.AddSamples(column, column);
        writer.EndSeries();
        writer.EndQuery();

        ReadResponseReader.TryDecode(writer.Written.Span, out IReadOnlyList<IReadOnlyList<ReadSeries>>? results).ShouldBeTrue();
        results![0][0].Samples.ShouldBe(column.Select(i => (i, i)));
    }
}
