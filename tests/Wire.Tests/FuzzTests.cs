using System.Diagnostics;
using System.Globalization;
using CsCheck;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Testing;
using RemoteStore.Wire.RemoteRead;
using RemoteStore.Wire.RemoteWrite;
using Shouldly;
using Xunit;
using Xunit.Abstractions;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Wire.Tests;

/// <summary>
/// Bytes from outside never make a decoder throw, nor allocate more than a multiple of their size. Runs for a second; set REMOTESTORE_FUZZ_SECONDS for a
/// long run.
/// </summary>
public class FuzzTests(ITestOutputHelper output)
{
    private static readonly int s_seconds =
        int.TryParse(Environment.GetEnvironmentVariable("REMOTESTORE_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : 2;

    // What a payload may take besides itself: entries of at most 48 bytes from messages of at least two, doubled by growth, over a fixed start.
    private const long AllocationPerByte = 96;
    private const long AllocationBase = 16 << 20;

    [Fact]
    public void RemoteWriteV1_DamagedRequests_AreDecodedOrRefused() => Run(r => RemoteWriteEncoder.EncodeV1(Series(r)), (batch, input) =>
    {
        input.CopyTo(batch.Reset(input.Length));
        return RemoteWriteV1Decoder.Decode(batch, input.Length).IsOk;
    });

    [Fact]
    public void RemoteWriteV2_DamagedRequests_AreDecodedOrRefused() => Run(r => RemoteWriteEncoder.EncodeV2(r.Next(2) == 0, Series(r)), (batch, input) =>
    {
        input.CopyTo(batch.Reset(input.Length));
        return RemoteWriteV2Decoder.Decode(batch, input.Length).IsOk;
    });

    [Fact]
    public void Snappy_DamagedBodies_AreDecompressedOrRefused() =>
        Run(r => SnappyBody.Compress(RemoteWriteEncoder.EncodeV1(Series(r))), (batch, input) => SnappyBody.TryDecompress(input, batch));

    [Fact]
    public void ReadRequest_DamagedRequests_AreDecodedOrRefused() => Run(
        r => ReadRequestCodec.Encode(new ReadRequest(
            [new ReadQuery(new QueryRange(r.NextInt64(), r.NextInt64()), [new LabelMatcher(MatchType.Equal, "job", "node"), new LabelMatcher(MatchType.Regexp, "a", "b.*")])],
            [ReadResponseType.Samples])),
        (_, input) => ReadRequestCodec.TryDecode(input, out ReadRequest? _, out string? _));

    [Fact]
    public void ReadResponse_DamagedResponses_AreDecodedOrRefused() => Run(
        r => new ProtoBuilder().Message(1, new ProtoBuilder().Raw(RemoteWriteEncoder.EncodeV1(Series(r)))).ToArray(),
        (unused, input) => ReadResponseReader.TryDecode(input, out _));

    [Fact]
    public void HistogramPayload_DamagedPayloads_AreDecodedOrRefused() => Run(
        r => HistogramPayload.Encode(Pick(r, s_histograms)),
        (_, input) => HistogramPayload.TryDecode(input, out NativeHistogram? histogram) && HistogramPayload.Validate(histogram) == HistogramFault.None);

    private static readonly RequestSeries[] s_series = Generate(RequestGen.Series);
    private static readonly NativeHistogram[] s_histograms = Generate(RequestGen.Histogram);

    private static T[] Generate<T>(Gen<T> gen) => gen.Array[200].Single();

    private static T Pick<T>(Random random, T[] pool) => pool[random.Next(pool.Length)];

    private static RequestSeries[] Series(Random random) => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pick(random, s_series))];

    private void Run(Func<Random, byte[]> valid, Func<WriteBatch, byte[], bool> decode)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var batch = new WriteBatch();
        var clock = Stopwatch.StartNew();
        byte[] input = [];
        long runs = 0;
        long accepted = 0;
        try
        {
            while (clock.ElapsedMilliseconds < s_seconds * 1000L / 6)
            {
                input = Damage(random, random.Next(8) == 0 ? RandomBytes(random) : valid(random));
                long before = GC.GetAllocatedBytesForCurrentThread();
                accepted += decode(batch, input) ? 1 : 0;
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                allocated.ShouldBeLessThan(AllocationBase + (input.Length * AllocationPerByte));
                runs++;
            }
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {seed}, run {runs}, input {Convert.ToHexString(input)}", exception);
        }

        output.WriteLine($"{runs} inputs, {accepted} accepted, seed {seed}");
        runs.ShouldBeGreaterThan(0);
    }

    private static byte[] RandomBytes(Random random)
    {
        byte[] bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Damage(Random random, byte[] bytes)
    {
        for (int i = random.Next(4); i > 0 && bytes.Length > 0; i--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..at];
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[random.Next(at, bytes.Length)..]];
                    break;
                case 4:
                    bytes = [.. bytes[..at], .. RandomBytes(random), .. bytes[at..]];
                    break;
                default:
                    bytes = [.. bytes, .. bytes[at..]];
                    break;
            }
        }

        return bytes;
    }
}
