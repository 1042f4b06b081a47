using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Wire;
using Shouldly;
using Xunit;

namespace RemoteStore.Distributor.Tests;

/// <summary>What a request costs in garbage does not grow with its samples.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(WriteHost.V1)]
    [InlineData(WriteHost.V2)]
    public async Task HandleAsync_TenThousandSamples_AllocatesAsMuchAsOne(string contentType)
    {
        var readiness = new Readiness();
        readiness.SetReady();
        var handler = new RemoteWriteHandler(
            new CountingAppender(), new RemoteWriteOptions(), new TenantResolver(false), readiness, new MetricsRegistry(), TimeProvider.System, new Random(1),
            NullLogger<RemoteWriteHandler>.Instance);
        byte[] small = Body(contentType, 1);
        byte[] large = Body(contentType, 10_000);

        long one = await MeasureAsync(handler, contentType, small);
        long many = await MeasureAsync(handler, contentType, large);

        one.ShouldBeLessThan(4096);
        many.ShouldBeLessThan(one + 1024);
    }

    private static byte[] Body(string contentType, int series)
    {
        IEnumerable<RequestSeries> content = Enumerable.Range(0, series).Select(static i => new RequestSeries("__name__", "m", "i", $"{i}").Sample(1000, i * 0.5));
        return SnappyBody.Compress(contentType == WriteHost.V2 ? RemoteWriteEncoder.EncodeV2(content) : RemoteWriteEncoder.EncodeV1(content));
    }

    /// <summary>Bytes allocated by one request when all pools are warm.</summary>
    private static async Task<long> MeasureAsync(RemoteWriteHandler handler, string contentType, byte[] body)
    {
        const int Warm = 5;
        const int Measured = 10;
        DefaultHttpContext[] contexts = [.. Enumerable.Range(0, Warm + Measured).Select(_ => Context(contentType, body))];
        for (int i = 0; i < Warm; i++)
        {
            await handler.HandleAsync(contexts[i]);
            contexts[i].Response.StatusCode.ShouldBe(204);
        }

        // Nothing in it waits, so that all runs on this thread.
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = Warm; i < contexts.Length; i++)
        {
            Task handled = handler.HandleAsync(contexts[i]);
            if (!handled.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("the request waited for something");
            }
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Measured;
    }

    private static DefaultHttpContext Context(string contentType, byte[] body)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = HttpMethods.Post;
        context.Request.ContentType = contentType;
        context.Request.Headers.ContentEncoding = "snappy";
        context.Request.ContentLength = body.Length;
        context.Features.Set<IRequestBodyPipeFeature>(new Pipe(PipeReader.Create(new(body))));
        _ = context.Response.Headers.Count;
        return context;
    }

    private sealed class Pipe(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }

    private sealed class CountingAppender : IAppender
    {
        public ValueTask<AppendResult> AppendAsync(TenantId tenant, WriteBatch batch, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new AppendResult { SamplesWritten = batch.SampleCount });
    }
}
