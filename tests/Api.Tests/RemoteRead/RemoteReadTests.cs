using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Testing;
using RemoteStore.Wire;
using RemoteStore.Wire.RemoteRead;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Api.Tests.RemoteRead;

public sealed class RemoteReadTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/read")]
    [InlineData("/prometheus/api/v1/read")]
    public async Task Read_Samples_KeepEveryBit(string path)
    {
        long[] bits = [SampleBits.StaleMarker, SampleBits.NormalNaN, 0x7ff0000000000001, -1, 0, long.MinValue, 1, 0x7ff0000000000000];
        var series = new RequestSeries("__name__", "up", "job", "a");
        for (int i = 0; i < bits.Length; i++)
        {
            series.SampleBits(1_000 + i, bits[i]);
        }

        await _host.StoreAsync(series);

        ReadSeries read = (await ReadAsync(_host, path, new QueryRange(0, 10_000), Equal("__name__", "up"))).Single().Single();

        read.Labels.ShouldBe(LabelSet.From("__name__", "up", "job", "a"));
        read.Samples.ShouldBe(bits.Select(static (b, i) => (1_000L + i, b)));
    }

    [Fact]
    public async Task Read_Range_IsInclusiveAtBothEnds()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "up").Sample(1, 1).Sample(2, 2).Sample(3, 3).Sample(4, 4));

        ReadSeries read = (await ReadAsync(_host, "/api/v1/read", new QueryRange(2, 3), Equal("__name__", "up"))).Single().Single();

        read.Samples.Select(static s => s.TimestampMs).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task Read_SeveralQueries_AreAnsweredInOrder()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "a").Sample(long.MinValue, 1), new RequestSeries("__name__", "b").Sample(long.MaxValue, 2));
        var request = new ReadRequest(
            [new(QueryRange.All, [Equal("__name__", "b")]), new(QueryRange.All, [Equal("__name__", "none")]), new(QueryRange.All, [Equal("__name__", "a")])], []);

        IReadOnlyList<IReadOnlyList<ReadSeries>> results = await ReadAsync(_host, "/api/v1/read", request);

        results.Count.ShouldBe(3);
        results[0].Single().Samples.ShouldBe([(long.MaxValue, BitConverter.DoubleToInt64Bits(2))]);
        results[1].ShouldBeEmpty();
        results[2].Single().Samples.ShouldBe([(long.MinValue, BitConverter.DoubleToInt64Bits(1))]);
    }

    [Fact]
    public async Task Read_Matchers_SelectSortedSeries()
    {
        _host.Store.SeriesPerBatch = 2;
        await _host.StoreAsync(Enumerable.Range(0, 7).Select(static i => new RequestSeries("__name__", "up", "i", $"{i}").Sample(1, i)));

        IReadOnlyList<ReadSeries> read = (await ReadAsync(
            _host, "/api/v1/read", QueryRange.All, Equal("__name__", "up"), new LabelMatcher(MatchType.NotRegexp, "i", "[25]"))).Single();

        read.Select(static s => Encoding.UTF8.GetString(s.Labels.GetValue("i"u8))).ShouldBe(["0", "1", "3", "4", "6"]);
    }

    [Fact]
    public async Task Read_Histograms_ComeBackAsWritten()
    {
        var histogram = new NativeHistogram { IntegerCount = 3, SumBits = 7, PositiveSpans = [new(-2, 2)], PositiveDeltas = [1, 1] };
        await _host.StoreAsync(new RequestSeries("__name__", "h").Histogram(5, histogram).Sample(6, 1));

        ReadSeries read = (await ReadAsync(_host, "/api/v1/read", QueryRange.All, Equal("__name__", "h"))).Single().Single();

        read.Histograms.Single().TimestampMs.ShouldBe(5);
        read.Histograms.Single().Payload.ShouldBe(HistogramPayload.Encode(histogram));
        read.Samples.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Read_Bodies_AreChecked()
    {
        byte[] huge = new byte[12];
        Varint.Write(huge, 1UL << 40);

        (await _host.PostAsync("/api/v1/read", [])).Status.ShouldBe(400);
        (await _host.PostAsync("/api/v1/read", [0x80])).Status.ShouldBe(400);
        (await _host.PostAsync("/api/v1/read", SnappyBody.Compress([0x0a, 0x7f]))).Status.ShouldBe(400);
        (await _host.PostAsync("/api/v1/read", huge)).Status.ShouldBe(413);
        (await _host.PostAsync("/api/v1/read", new byte[5 << 20])).Status.ShouldBe(413);
        (await _host.PostAsync("/api/v1/read", SnappyBody.Compress([]), "gzip")).Status.ShouldBe(415);
        (await _host.PostAsync("/api/v1/read", Body(new ReadRequest([new(QueryRange.All, [])], [])))).Status.ShouldBe(400);
        (await _host.PostAsync("/api/v1/read", Body(new ReadRequest([], [(ReadResponseType)7])))).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData(3, 1 << 20, 200)]
    [InlineData(2, 1 << 20, 400)]
    [InlineData(3, 1 << 10, 400)]
    public async Task Read_Limits_BoundTheAnswer(long samples, int bytes, int expected)
    {
        await using ApiHost host = await ApiHost.StartAsync(new ReadApiOptions { RemoteReadSampleLimit = samples, RemoteReadMaxResponseBytes = bytes });
        await host.StoreAsync(
            new RequestSeries("__name__", "up", "l", new string('x', 2000)).Sample(1, 1).Sample(2, 2),
            new RequestSeries("__name__", "up").Sample(1, 1));

        (await host.PostAsync("/api/v1/read", Body(new ReadRequest([new(QueryRange.All, [Equal("__name__", "up")])], [])))).Status.ShouldBe(expected);
    }

    [Fact]
    public async Task Read_ChunksPreferred_AreStreamedInFrames()
    {
        await _host.StoreAsync(
            new RequestSeries("__name__", "up", "i", "1").Sample(1_000, 1).Sample(2_000, 2),
            new RequestSeries("__name__", "up", "i", "2").Sample(9_000, 3));
        var request = new ReadRequest(
            [new(new QueryRange(0, 5_000), [Equal("__name__", "up")]), new(new QueryRange(2, 1), [Equal("__name__", "up")]), new(QueryRange.All, [Equal("i", "2")])],
            [ReadResponseType.StreamedXorChunks, ReadResponseType.Samples]);

        (int status, string type, byte[] body) = await _host.PostAsync("/api/v1/read", Body(request));

        status.ShouldBe(200);
        type.ShouldBe("application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse ");
        int first = 1 + sizeof(uint) + body[0];
        body.Length.ShouldBe(first + 1 + sizeof(uint) + body[first]); // two frames: of query 0 and of query 2
        body[..first].AsSpan().IndexOf("\n\u0001i\u0012\u00011"u8).ShouldBeGreaterThan(0);
        body[^2..].ShouldBe([0x10, 2]);
    }

    [Fact]
    public async Task Read_NotReady_Is503()
    {
        _host.Readiness.SetStopping("draining");

        (await _host.PostAsync("/api/v1/read", Body(new ReadRequest([], [])))).Status.ShouldBe(503);
    }

    private static LabelMatcher Equal(string name, string value) => new(MatchType.Equal, name, value);

    private static byte[] Body(ReadRequest request) => SnappyBody.Compress(ReadRequestCodec.Encode(request));

    private static Task<IReadOnlyList<IReadOnlyList<ReadSeries>>> ReadAsync(ApiHost host, string path, QueryRange range, params LabelMatcher[] matchers) =>
        ReadAsync(host, path, new ReadRequest([new(range, matchers)], [ReadResponseType.Samples, ReadResponseType.StreamedXorChunks]));

    private static async Task<IReadOnlyList<IReadOnlyList<ReadSeries>>> ReadAsync(ApiHost host, string path, ReadRequest request)
    {
        (int status, string type, byte[] body) = await host.PostAsync(path, Body(request));
        status.ShouldBe(200, Encoding.UTF8.GetString(body));
        type.ShouldBe("application/x-protobuf snappy");
        SnappyBody.TryDecompress(body, int.MaxValue, out ReadOnlyMemory<byte> message).ShouldBeTrue();
        ReadResponseReader.TryDecode(message.Span, out IReadOnlyList<IReadOnlyList<ReadSeries>>? results).ShouldBeTrue();
        return results!;
    }
}
