using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Distributor;

/// <summary>Result of reading a body.</summary>
/// <param name="Buffer">Rented array that holds the body; the receiver gives it back to the pool. Null when the body was not read.</param>
/// <param name="Length">Length of the body in bytes.</param>
/// <param name="Refusal">Why the body was not read, null when it was.</param>
internal readonly record struct RequestBody(byte[]? Buffer, int Length, WriteReply? Refusal)
{
    private const int FirstChunk = 64 << 10;

    /// <summary>Reads the body into pooled memory, at most <paramref name="limit"/> bytes of it. What it holds is taken from <paramref name="lease"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<RequestBody> ReadAsync(HttpContext context, BufferPool pool, int limit, InflightLease lease)
    {
        if (context.Request.ContentLength is { } declared && declared > limit)
        {
            return Refused(TooLarge(declared, limit));
        }

        // Kestrel's own bound (30 MB by default) would answer without our message.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = limit;
        }

        int capacity = (int)(context.Request.ContentLength ?? FirstChunk);
        if (!lease.TryGrow(capacity))
        {
            return Refused(Busy());
        }

        byte[] buffer = pool.Rent(capacity);
        int length = 0;
        try
        {
            PipeReader reader = context.Request.BodyReader;
            while (true)
            {
                ReadResult read = await reader.ReadAsync(context.RequestAborted);
                int added = (int)Math.Min(read.Buffer.Length, int.MaxValue);
                if (added > limit - length)
                {
                    return Refused(TooLarge(null, limit));
                }

                if (length + added > buffer.Length)
                {
                    int larger = (int)Math.Min(limit, Math.Max(length + added, buffer.Length * 2L));
                    if (!lease.TryGrow(larger - capacity))
                    {
                        return Refused(Busy());
                    }

                    capacity = larger;
                    buffer = Grow(pool, buffer, length, larger);
                }

                read.Buffer.CopyTo(buffer.AsSpan(length));
                length += added;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    byte[] filled = buffer;
                    buffer = [];
                    return new RequestBody(filled, length, null);
                }
            }
        }
        finally
        {
            if (buffer.Length > 0)
            {
                pool.Return(buffer);
            }
        }
    }

    private static byte[] Grow(BufferPool pool, byte[] buffer, int length, int capacity)
    {
        byte[] larger = pool.Rent(capacity);
        buffer.AsSpan(0, length).CopyTo(larger);
        pool.Return(buffer);
        return larger;
    }

    /// <summary>The budget for bytes in flight is used up: our trouble, so 503.</summary>
    public static WriteReply Busy() => new(
        StatusCodes.Status503ServiceUnavailable, "too many bytes of requests in flight (write.max-inflight-bytes), send again later");

    /// <summary>The body exceeds the limit; <paramref name="length"/> is null when it did not say how long it is.</summary>
    public static WriteReply TooLarge(long? length, int limit) => new(
        StatusCodes.Status413PayloadTooLarge,
        (length is null ? "request body is larger than" : $"request body has {length} bytes, the limit is")
            + $" {limit} bytes ({RemoteWriteOptions.MaxRequestOption})");

    private static RequestBody Refused(WriteReply refusal) => new(null, 0, refusal);
}
