using System.Text;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Testing;
using RemoteStore.Wire;
using Shouldly;
using Xunit;

namespace RemoteStore.Distributor.Tests;

/// <summary>Each kind of bad input gets its status and message, and the server and all other data stay well.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private static readonly RequestSeries s_good = new RequestSeries("__name__", "good").Sample(1000, 1);
    private static readonly (string, long, long) s_goodStored = ("{__name__=\"good\"}", 1000, BitConverter.DoubleToInt64Bits(1));

    private WriteHost _host = null!;

    public async Task InitializeAsync() => _host = await WriteHost.StartAsync();

    public async Task DisposeAsync()
    {
        // Whatever was sent, the next write works and nothing but what was valid is stored.
        (await _host.SendV1Async(new RequestSeries("__name__", "after").Sample(1, 1))).Status.ShouldBe(204);
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task EmptyBody_Is400()
    {
        WriteAnswer answer = await _host.SendAsync([]);

        answer.Status.ShouldBe(400);
        answer.Text.ShouldBe("request body is empty\n");
    }

    [Theory]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0x05, 0xff, 0xff })]
    [InlineData(new byte[] { 0x04, 0x0c, 1, 2, 3 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })]
    public async Task BadSnappy_Is400(byte[] body)
    {
        WriteAnswer answer = await _host.SendAsync(body);

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("not valid snappy");
    }

    [Fact]
    public async Task UncompressedProtobuf_Is400()
    {
        (await _host.SendAsync(RemoteWriteEncoder.EncodeV1(s_good))).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData(WriteHost.V1)]
    [InlineData(WriteHost.V2)]
    public async Task BadProtobuf_Is400(string contentType)
    {
        WriteAnswer answer = await _host.SendAsync(SnappyBody.Compress([0x0a, 0x7f, 1, 2, 3, 0x2a, 0x7f]), contentType);

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("not a valid write");
    }

    [Theory]
    [InlineData(33L << 20)]
    [InlineData(1L << 31)]
    [InlineData((1L << 32) - 1)]
    [InlineData(long.MaxValue)]
    public async Task HugeDeclaredLength_Is413WithTheLimit(long declared)
    {
        byte[] body = new byte[Varint.MaxLength + 4];
        Varint.Write(body, (ulong)declared);

        WriteAnswer answer = await _host.SendAsync(body);

        answer.Status.ShouldBe(413);
        answer.Text.ShouldContain($"declares {declared} decoded bytes");
        answer.Text.ShouldContain("33554432 bytes (write.max-decoded-bytes)");
    }

    [Fact]
    public async Task ImpossibleDeclaredLengthBelowTheLimit_Is400()
    {
        byte[] body = new byte[8];
        Varint.Write(body, 30UL << 20);

        (await _host.SendAsync(body)).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BodyAboveTheLimit_Is413(bool chunked)
    {
        await using WriteHost host = await WriteHost.StartAsync(new RemoteWriteOptions { MaxRequestBytes = 4096 });

        WriteAnswer answer = await host.SendAsync(new byte[200_000], chunked: chunked);

        answer.Status.ShouldBe(413);
        answer.Text.ShouldContain("4096 bytes (write.max-decoded-bytes)");
    }

    [Fact]
    public async Task InvalidUtf8_RejectsTheSeriesOnly()
    {
        byte[] bad = new ProtoBuilder()
            .Message(1, Series([("__name__"u8.ToArray(), "bad"u8.ToArray()), ("l"u8.ToArray(), [0xff, 0xfe])]))
            .Message(1, Series([("__name__"u8.ToArray(), [0xc3, 0x28])]))
            .Message(1, Series([("__name__"u8.ToArray(), "x"u8.ToArray()), ([0xff], "v"u8.ToArray())]))
            .Raw(RemoteWriteEncoder.EncodeV1(s_good)).ToArray();

        WriteAnswer answer = await _host.SendAsync(SnappyBody.Compress(bad));

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("3 refused");
        answer.Text.ShouldContain("invalid_label_value: 1");
        answer.Text.ShouldContain("invalid_metric_name: 1");
        answer.Text.ShouldContain("invalid_label_name: 1");
        (await _host.StoredAsync()).ShouldBe([s_goodStored]);
    }

    [Fact]
    public async Task UnsortedLabels_AreSorted()
    {
        WriteAnswer answer = await _host.SendV1Async(new RequestSeries("z", "1", "__name__", "up", "a", "2").Sample(5, 1));

        answer.Status.ShouldBe(204);
        (await _host.StoredAsync()).Single().Labels.ShouldBe("{__name__=\"up\", a=\"2\", z=\"1\"}");
    }

    [Fact]
    public async Task EmptyLabelValues_AreDropped()
    {
        WriteAnswer answer = await _host.SendV1Async(new RequestSeries("__name__", "up", "empty", "", "full", "1").Sample(5, 1));

        answer.Status.ShouldBe(204);
        (await _host.StoredAsync()).Single().Labels.ShouldBe("{__name__=\"up\", full=\"1\"}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DuplicateLabelNames_RejectTheSeriesOnly(bool v2)
    {
        RequestSeries[] series = [new RequestSeries("__name__", "up", "a", "1", "a", "2").Sample(5, 1), s_good];

        WriteAnswer answer = v2 ? await _host.SendV2Async(series) : await _host.SendV1Async(series);

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("duplicate_label_name: 1");
        answer.Text.ShouldContain("\"a\" occurs twice");
        (await _host.StoredAsync()).ShouldBe([s_goodStored]);
    }

    [Theory]
    [InlineData("job", "a")]
    [InlineData("__name__", "")]
    public async Task MissingMetricName_RejectsTheSeriesOnly(string name, string value)
    {
        WriteAnswer answer = await _host.SendV1Async(new RequestSeries(name, value).Sample(5, 1), s_good);

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("missing_metric_name: 1");
        answer.Text.ShouldContain("the rest stored: 1 samples");
        (await _host.StoredAsync()).ShouldBe([s_goodStored]);
    }

    [Fact]
    public async Task StrangeValues_KeepTheirBits()
    {
        long[] bits =
        [
            SampleBits.StaleMarker, SampleBits.NormalNaN, 0x7ff0000000000001, unchecked((long)0xfff8000000000000), 0x7fffffffffffffff,
            unchecked((long)0xffffffffffffffff), BitConverter.DoubleToInt64Bits(double.PositiveInfinity), BitConverter.DoubleToInt64Bits(double.NegativeInfinity),
            BitConverter.DoubleToInt64Bits(-0.0), 0, 1, BitConverter.DoubleToInt64Bits(double.MaxValue),
        ];
        var series = new RequestSeries("__name__", "odd");
        for (int i = 0; i < bits.Length; i++)
        {
            series.SampleBits(1000 + i, bits[i]);
        }

        (await _host.SendV1Async(series)).Status.ShouldBe(204);
        (await _host.StoredAsync()).Select(static s => s.Bits).ShouldBe(bits);
    }

    [Fact]
    public async Task TimestampExtremes_ArePassedOnExactly()
    {
        WriteAnswer answer = await _host.SendV1Async(new RequestSeries("__name__", "t").Sample(long.MinValue, 1).Sample(0, 2).Sample(long.MaxValue, 3));

        answer.Status.ShouldBe(204);
        (await _host.StoredAsync()).Select(static s => s.TimestampMs).ShouldBe([long.MinValue, 0, long.MaxValue]);
    }

    [Fact]
    public async Task MillionLabels_RejectTheSeriesOnly()
    {
        var labels = new ProtoBuilder().Message(1, Label("__name__"u8.ToArray(), "many"u8.ToArray()));
        for (int i = 0; i < 1_000_000; i++)
        {
            labels.Message(1, Label(Encoding.ASCII.GetBytes($"l{i}"), "v"u8.ToArray()));
        }

        byte[] request = new ProtoBuilder().Message(1, labels.Message(2, new ProtoBuilder().Fixed64(1, 1).Varint(2, 5)))
            .Raw(RemoteWriteEncoder.EncodeV1(s_good)).ToArray();

        WriteAnswer answer = await _host.SendAsync(SnappyBody.Compress(request));

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("too_many_labels: 1");
        answer.Text.ShouldContain("series has 1000001 labels, the limit is 100");
        (await _host.StoredAsync()).ShouldBe([s_goodStored]);
    }

    [Fact]
    public async Task LabelValueOfHundredMegabytes_Is413()
    {
        byte[] request = new ProtoBuilder().Message(1, new ProtoBuilder().Message(1, Label("__name__"u8.ToArray(), new byte[100_000_000]))).ToArray();

        WriteAnswer answer = await _host.SendAsync(SnappyBody.Compress(request));

        answer.Status.ShouldBe(413);
    }

    [Fact]
    public async Task LabelValueOfTwentyMegabytes_RejectsTheSeriesWithAShortMessage()
    {
        byte[] value = new byte[20_000_000];
        value.AsSpan().Fill((byte)'x');
        byte[] request = new ProtoBuilder().Message(1, Series([("__name__"u8.ToArray(), "big"u8.ToArray()), ("v"u8.ToArray(), value)]))
            .Raw(RemoteWriteEncoder.EncodeV1(s_good)).ToArray();

        WriteAnswer answer = await _host.SendAsync(SnappyBody.Compress(request));

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("label_value_too_long: 1");
        answer.Text.Length.ShouldBeLessThan(2000);
        (await _host.StoredAsync()).ShouldBe([s_goodStored]);
    }

    [Fact]
    public async Task ManyRefusals_AreOneLineWithTotalsAndTheFirstFew()
    {
        WriteAnswer answer = await _host.SendV1Async(Enumerable.Range(0, 100).Select(i => new RequestSeries("nameless", $"line\n{i}").Sample(5, 1)));

        answer.Status.ShouldBe(400);
        answer.Text.ShouldStartWith("100 refused (missing_metric_name: 100), the rest stored: 0 samples, 0 histograms, 0 exemplars; first refusals: ");
        answer.Text.TrimEnd('\n').ShouldNotContain("\n");
        answer.Text.ShouldContain("{nameless=\"line\\n4\"}");
        answer.Text.ShouldNotContain("{nameless=\"line\\n5\"}");
    }

    [Fact]
    public async Task DamagedBodies_AreAnsweredWithoutServerErrors()
    {
        var random = new Random(20240607);
        byte[] valid = RemoteWriteEncoder.EncodeV1(
            new RequestSeries("__name__", "a", "b", "c").Sample(1, 1).Exemplar(1, 1, "t", "u"),
            new RequestSeries("__name__", "h").Histogram(1, new NativeHistogram { IntegerCount = 1, PositiveSpans = [new(0, 1)], PositiveDeltas = [1] }));
        byte[] validV2 = RemoteWriteEncoder.EncodeV2(new RequestSeries("__name__", "a", "b", "c").Sample(1, 1).Exemplar(1, 1, "t", "u"));
        for (int i = 0; i < 400; i++)
        {
            bool v2 = i % 2 == 0;
            byte[] body = (byte[])(v2 ? validV2 : valid).Clone();
            bool compressedFirst = i % 3 == 0;
            body = compressedFirst ? SnappyBody.Compress(body) : body;
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            body = compressedFirst ? body : SnappyBody.Compress(body);
            WriteAnswer answer = await _host.SendAsync(body, v2 ? WriteHost.V2 : WriteHost.V1);
            answer.Status.ShouldBeOneOf(204, 400, 413);
        }
    }

    private static ProtoBuilder Label(byte[] name, byte[] value) => new ProtoBuilder().Bytes(1, name).Bytes(2, value);

    private static ProtoBuilder Series((byte[] Name, byte[] Value)[] labels)
    {
        var series = new ProtoBuilder();
        foreach ((byte[] name, byte[] value) in labels)
        {
            series.Message(1, Label(name, value));
        }

        return series.Message(2, new ProtoBuilder().Fixed64(1, 1).Varint(2, 5));
    }
}
