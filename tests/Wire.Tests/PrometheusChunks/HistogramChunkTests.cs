using CsCheck;
using RemoteStore.Model.Samples;
using RemoteStore.Testing;
using RemoteStore.Wire.PrometheusChunks;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.PrometheusChunks;

public sealed class HistogramChunkTests
{
    [Fact]
    public void Runs_OfOneLayout_ShareAChunkAndReadBack() => HistogramGen.Run.Sample(static histograms =>
    {
        var encoder = new HistogramChunkEncoder();
        List<byte[]> chunks = Encode(encoder, histograms);

        int stale = histograms.Index().Count(h => h.Item.IsStale && h.Index + 1 < histograms.Length && !histograms[h.Index + 1].IsStale);
        chunks.Count.ShouldBe(1 + stale); // behind a stale marker a chunk takes no other
        ReadBack(histograms, chunks, encoder.Encoding);
    });

    [Fact]
    public void AnyHistograms_ReadBack() => HistogramGen.Any.Array[1, 12].Sample(static histograms =>
    {
        foreach (bool isFloat in new[] { false, true })
        {
            NativeHistogram[] kind = [.. histograms.Where(h => h.IsFloat == isFloat)];
            ReadBack(kind, Encode(new HistogramChunkEncoder(), kind), isFloat ? ChunkEncoding.FloatHistogram : ChunkEncoding.Histogram);
        }
    });

    [Fact]
    public void ReadersHint_OfFirstSample_IsOnlyWhatIsSure()
    {
        NativeHistogram first = new() { CounterResetHint = CounterResetHint.NotCounterReset, IntegerCount = 1, IntegerZeroCount = 1 };

        var decoder = new HistogramChunkDecoder(ChunkEncoding.Histogram, new HistogramChunkEncoder().Encode(1, first));

        decoder.Next()!.CounterResetHint.ShouldBe(CounterResetHint.Unknown);
    }

    [Fact]
    public void ArbitraryBytes_GiveHistogramsOrAFault() => Gen.Select(Gen.Bool, Gen.Byte.Array[0, 300]).Sample(static (isFloat, bytes) =>
        TryRead(isFloat ? ChunkEncoding.FloatHistogram : ChunkEncoding.Histogram, bytes).ShouldBeLessThanOrEqualTo(ushort.MaxValue));

    [Fact]
    public void ChangedChunks_GiveHistogramsOrAFault() => Gen.Select(HistogramGen.Run, Gen.Int, Gen.Byte, Gen.Int).Sample(static (histograms, at, value, cut) =>
    {
        var encoder = new HistogramChunkEncoder();
        byte[] chunk = Encode(encoder, histograms)[0];
        chunk[(int)((uint)at % chunk.Length)] = value;
        TryRead(encoder.Encoding, chunk.AsSpan(0, (int)((uint)cut % (chunk.Length + 1)))).ShouldBeLessThanOrEqualTo(ushort.MaxValue);
    });

    private static int TryRead(ChunkEncoding encoding, ReadOnlySpan<byte> chunk)
    {
        int count = 0;
        try
        {
            var decoder = new HistogramChunkDecoder(encoding, chunk);
            while (decoder.Next() is not null)
            {
                count++;
            }
        }
        catch (InvalidDataException fault)
        {
            fault.Message.ShouldNotBeEmpty();
        }

        return count;
    }

    private static List<byte[]> Encode(HistogramChunkEncoder encoder, NativeHistogram[] histograms)
    {
        var chunks = new List<byte[]>();
        for (int i = 0; i < histograms.Length; i++)
        {
            if (!encoder.TryAdd(Time(i), histograms[i]))
            {
                chunks.Add(encoder.Take().ToArray());
                encoder.TryAdd(Time(i), histograms[i]).ShouldBeTrue();
            }
        }

        if (encoder.Count > 0)
        {
            chunks.Add(encoder.Take().ToArray());
        }

        return chunks;
    }

    private static void ReadBack(NativeHistogram[] histograms, List<byte[]> chunks, ChunkEncoding encoding)
    {
        int i = 0;
        foreach (byte[] chunk in chunks)
        {
            var decoder = new HistogramChunkDecoder(encoding, chunk);
            bool isFirst = true;
            while (decoder.Next() is { } read)
            {
                NativeHistogram written = histograms[i];
                decoder.TimestampMs.ShouldBe(Time(i++));
                bool hintIsLost = isFirst && written.CounterResetHint == CounterResetHint.NotCounterReset;
                read.CounterResetHint.ShouldBe(hintIsLost ? CounterResetHint.Unknown : written.CounterResetHint);
                byte[] bytes = HistogramPayload.Encode(read);
                (hintIsLost ? WithoutHint(bytes) : bytes).ShouldBe(hintIsLost ? WithoutHint(HistogramPayload.Encode(written)) : HistogramPayload.Encode(written));
                isFirst = false;
            }
        }

        i.ShouldBe(histograms.Length);
    }

    /// <summary>The payload without the field of the hint, which is left out when it is unknown.</summary>
    private static byte[] WithoutHint(byte[] payload)
    {
        int at = payload.AsSpan().IndexOf([(byte)(14 << 3), (byte)CounterResetHint.NotCounterReset]);
        return at < 0 ? payload : [.. payload[..at], .. payload[(at + 2)..]];
    }

    private static long Time(int i) => 1_700_000_000_000 + (i * 15_000L) + (i % 3);
}
