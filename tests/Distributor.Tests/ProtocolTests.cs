using RemoteStore.Model.Samples;
using RemoteStore.Storage.Appending;
using RemoteStore.Testing;
using RemoteStore.Wire;
using Shouldly;
using Xunit;

namespace RemoteStore.Distributor.Tests;

public sealed class ProtocolTests
{
    private static readonly RequestSeries s_up = new RequestSeries("__name__", "up", "job", "a").Sample(1000, 1.5);

    [Theory]
    [InlineData("/api/v1/write")]
    [InlineData("/api/v1/push")]
    [InlineData("/api/v1/receive")]
    [InlineData("/prometheus/api/v1/write")]
    [InlineData("/prometheus/api/v1/push")]
    [InlineData("/prometheus/api/v1/receive")]
    public async Task Post_EachPath_StoresTheSample(string path)
    {
        await using WriteHost host = await WriteHost.StartAsync();

        WriteAnswer answer = await host.SendAsync(SnappyBody.Compress(RemoteWriteEncoder.EncodeV1(s_up)), path: path);

        answer.Status.ShouldBe(204);
        (await host.StoredAsync()).ShouldBe([("{__name__=\"up\", job=\"a\"}", 1000, BitConverter.DoubleToInt64Bits(1.5))]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/x-protobuf")]
    [InlineData("application/x-protobuf;proto=prometheus.WriteRequest")]
    [InlineData("application/x-protobuf; proto=prometheus.WriteRequest")]
    [InlineData("Application/X-Protobuf")]
    public async Task Post_V1ContentType_Returns204(string? contentType)
    {
        await using WriteHost host = await WriteHost.StartAsync();

        (await host.SendAsync(SnappyBody.Compress(RemoteWriteEncoder.EncodeV1(s_up)), contentType)).Status.ShouldBe(204);
    }

    [Theory]
    [InlineData("application/json", "snappy")]
    [InlineData("text/plain", "snappy")]
    [InlineData("application/x-protobuf; charset", "snappy")]
    [InlineData("application/x-protobuf;proto", "snappy")]
    [InlineData("application/x-protobuf", "gzip")]
    [InlineData("application/x-protobuf", "zstd")]
    [InlineData("application/x-protobuf", "identity")]
    public async Task Post_UnknownTypeOrEncoding_Returns415(string contentType, string encoding)
    {
        await using WriteHost host = await WriteHost.StartAsync();

        WriteAnswer answer = await host.SendAsync(SnappyBody.Compress(RemoteWriteEncoder.EncodeV1(s_up)), contentType, encoding);

        answer.Status.ShouldBe(415);
        answer.Text.ShouldContain(encoding == "snappy" ? "application/x-protobuf" : encoding);
    }

    [Fact]
    public async Task Post_UnknownMessage_Returns415NamingTheKnownOnes()
    {
        await using WriteHost host = await WriteHost.StartAsync();

        WriteAnswer answer = await host.SendAsync([1], "application/x-protobuf;proto=io.prometheus.write.v3.Request");

        answer.Status.ShouldBe(415);
        answer.Text.ShouldContain("io.prometheus.write.v2.Request");
    }

    [Fact]
    public async Task Post_NoContentEncoding_IsTakenAsSnappy()
    {
        await using WriteHost host = await WriteHost.StartAsync();

        (await host.SendAsync(SnappyBody.Compress(RemoteWriteEncoder.EncodeV1(s_up)), encoding: null)).Status.ShouldBe(204);
    }

    [Fact]
    public async Task Post_ChunkedBody_IsRead()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        RequestSeries[] series = [.. Enumerable.Range(0, 20_000).Select(i => new RequestSeries("__name__", "m", "i", $"{i:x}-{i * 7919L % 100_003}").Sample(1000, i))];

        WriteAnswer answer = await host.SendAsync(SnappyBody.Compress(RemoteWriteEncoder.EncodeV1(series)), chunked: true);

        answer.Status.ShouldBe(204);
        (await host.StoredAsync()).Count.ShouldBe(20_000);
    }

    [Fact]
    public async Task Post_V2_AnswersTheWrittenCounts()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        var histogram = new NativeHistogram { IntegerCount = 1, SumBits = 0, PositiveSpans = [new(0, 1)], PositiveDeltas = [1] };

        WriteAnswer answer = await host.SendV2Async(
            new RequestSeries("__name__", "up").Sample(1000, 1).Sample(2000, 2).Exemplar(1000, 3, "trace_id", "x"),
            new RequestSeries("__name__", "h").Histogram(1000, histogram));

        answer.Status.ShouldBe(204, answer.Text);
        answer.Written.ShouldBe(("2", "1", "1"));
        answer.Header("X-RemoteStore-Durability").ShouldBe("fsync");
    }

    [Fact]
    public async Task Post_V2PartlyRefused_Answers400WithTheCountsOfTheRest()
    {
        await using WriteHost host = await WriteHost.StartAsync();

        WriteAnswer answer = await host.SendV2Async(
            new RequestSeries("job", "nameless").Sample(1000, 1),
            new RequestSeries("__name__", "good").Sample(1000, 1).Sample(2000, 1));

        answer.Status.ShouldBe(400);
        answer.Written.ShouldBe(("2", "0", "0"));
        answer.Text.ShouldContain("missing_metric_name: 1");
        (await host.StoredAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Post_V2EmptySeries_Answers400AndStoresTheRest()
    {
        await using WriteHost host = await WriteHost.StartAsync();

        WriteAnswer answer = await host.SendV2Async(new RequestSeries("__name__", "empty"), new RequestSeries("__name__", "good").Sample(1000, 1));

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain("empty_series: 1");
        answer.Written.Samples.ShouldBe("1");
    }

    [Fact]
    public async Task Post_V2Failure_AnswersZeroCounts()
    {
        await using WriteHost host = await WriteHost.StartAsync();

        WriteAnswer answer = await host.SendAsync([1, 2, 3], WriteHost.V2);

        answer.Status.ShouldBe(400);
        answer.Written.ShouldBe(("0", "0", "0"));
    }

    [Fact]
    public async Task Post_V1MetadataOnly_Returns204()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        byte[] request = new ProtoBuilder().Message(3, new ProtoBuilder().Varint(1, 1).Text(2, "up").Text(4, "help")).ToArray();

        (await host.SendAsync(SnappyBody.Compress(request))).Status.ShouldBe(204);
    }

    [Fact]
    public async Task Post_SameBatchTwice_Succeeds()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        await host.SendV1Async(s_up);

        WriteAnswer answer = await host.SendV1Async(s_up);

        answer.Status.ShouldBe(204);
        (await host.StoredAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Post_MemoryDurability_IsSaid()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        host.Store.Durability = Durability.Memory;

        (await host.SendV1Async(s_up)).Header("X-RemoteStore-Durability").ShouldBe("memory");
    }

    [Fact]
    public async Task Get_WritePath_Returns405()
    {
        await using WriteHost host = await WriteHost.StartAsync();

        using HttpResponseMessage response = await host.Client.GetAsync("/api/v1/write");

        ((int)response.StatusCode).ShouldBe(405);
    }
}
