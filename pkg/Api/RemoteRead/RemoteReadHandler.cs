using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RemoteStore.Api.Http;
using RemoteStore.Model;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Memory;
using RemoteStore.Storage;
using RemoteStore.Storage.Querying;
using RemoteStore.Wire;
using RemoteStore.Wire.RemoteRead;

namespace RemoteStore.Api.RemoteRead;

/// <summary><c>/api/v1/read</c>: remote read with samples or a stream of chunks, whichever the client prefers; every bit of a value is as it was written.</summary>
internal sealed class RemoteReadHandler(IQueryable store, ReadApiOptions options, BufferPool pool, ILogger logger) : IDisposable
{
    /// <summary>Name in metrics.</summary>
    public const string Name = "read";

    private readonly SemaphoreSlim _slots = new(options.RemoteReadConcurrency);
    private readonly ChunkedReadResponse _chunks = new(store, logger);

    /// <summary>Serves one request of a tenant.</summary>
    public async Task HandleAsync(HttpContext context, TenantId tenant)
    {
        CancellationToken aborted = context.RequestAborted;
        try
        {
            ReadRequest request = await ReadRequestAsync(context, aborted);
            await _slots.WaitAsync(aborted);
            try
            {
                if (request.PreferredResponseType == ReadResponseType.StreamedXorChunks)
                {
                    await _chunks.WriteAsync(context, request, tenant, aborted);
                    return;
                }

                (ReadResponseWriter response, IReadOnlyList<MissingData> missing) =
                    await PartialReads.RunAsync(store, allowPartial: false, view => AnswerAsync(view, request, tenant, aborted));
                GapHeader.Report(context, missing, logger, Name, tenant);
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Headers.ContentEncoding = "snappy";
                response.CompressTo(context.Response.BodyWriter);
                await context.Response.BodyWriter.FlushAsync(aborted);
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (RemoteReadException exception)
        {
            await EndpointRunner.WriteTextAsync(context, exception.StatusCode, exception.Message);
        }
        catch (ReadLimitException exception) when (!context.Response.HasStarted)
        {
            await EndpointRunner.WriteTextAsync(context, StatusCodes.Status422UnprocessableEntity, exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            await EndpointRunner.WriteTextAsync(context, exception.StatusCode, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && (context.Response.HasStarted || exception is not StorageUnavailableException))
        {
            logger.RequestFailed(Name, tenant.Name, exception);
            if (context.Response.HasStarted)
            {
                context.Abort(); // half an answer must not look like a whole one
                return;
            }

            await EndpointRunner.WriteTextAsync(context, StatusCodes.Status500InternalServerError, "stored data could not be read, see the log");
        }
    }

    public void Dispose() => _slots.Dispose();

    private async ValueTask<ReadRequest> ReadRequestAsync(HttpContext context, CancellationToken cancellationToken)
    {
        string encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("snappy", StringComparison.OrdinalIgnoreCase))
        {
            throw new RemoteReadException(StatusCodes.Status415UnsupportedMediaType, $"content encoding {encoding} is not accepted, remote read needs snappy");
        }

        int limit = options.RemoteReadMaxRequestBytes;
        using var body = new PooledBufferWriter(pool);
        while (true)
        {
            int read = await context.Request.Body.ReadAsync(body.GetMemory(4096), cancellationToken);
            if (read == 0)
            {
                break;
            }

            body.Advance(read);
            if (body.WrittenCount > limit)
            {
                throw new RemoteReadException(StatusCodes.Status413PayloadTooLarge, $"request body is larger than {limit} bytes");
            }
        }

        return Decode(body.WrittenSpan, limit);
    }

    private static ReadRequest Decode(ReadOnlySpan<byte> body, int limit)
    {
        int position = 0;
        if (Varint.TryRead(body, ref position, out ulong declared) && declared > (ulong)limit)
        {
            throw new RemoteReadException(StatusCodes.Status413PayloadTooLarge, $"request declares {declared} decoded bytes, the limit is {limit}");
        }

        if (!SnappyBody.TryDecompress(body, limit, out ReadOnlyMemory<byte> message))
        {
            throw new RemoteReadException(StatusCodes.Status400BadRequest, "request body is not valid snappy");
        }

        if (!ReadRequestCodec.TryDecode(message.Span, out ReadRequest? request, out string? error))
        {
            throw new RemoteReadException(StatusCodes.Status400BadRequest, error);
        }

        if (request.PreferredResponseType is null)
        {
            throw new RemoteReadException(StatusCodes.Status400BadRequest, "none of the accepted response types is known here, SAMPLES and STREAMED_XOR_CHUNKS are");
        }

        return request.Queries.All(static query => query.Matchers.Count > 0)
            ? request
            : throw new RemoteReadException(StatusCodes.Status400BadRequest, "a query has no matchers");
    }

    private async ValueTask<(ReadResponseWriter Response, IReadOnlyList<MissingData> Missing)> AnswerAsync(
        IQueryable view, ReadRequest request, TenantId tenant, CancellationToken cancellationToken)
    {
        var response = new ReadResponseWriter();
        var missing = new List<IReadOnlyList<MissingData>>();
        long samples = 0;
        foreach (ReadQuery query in request.Queries)
        {
            response.BeginQuery();
            if (!query.Range.IsEmpty)
            {
                await using IQuerier querier = await view.OpenQuerierAsync(tenant, query.Range, cancellationToken);
                await using ISeriesSet set = await querier.SelectAsync(sorted: true, new SelectHints(query.Range), query.Matchers, cancellationToken);
                while (await set.MoveNextAsync(cancellationToken))
                {
                    samples += Add(response, set.Current, query.Range, samples);
                }

                missing.Add(querier.Missing);
            }

            response.EndQuery();
        }

        return (response, PartialReads.Union(missing));
    }

    private long Add(ReadResponseWriter response, SeriesBatch batch, QueryRange range, long samplesBefore)
    {
        long added = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            ReadOnlySpan<long> timestamps = batch.Timestamps(i);
            (int first, int floats) = SamplesInRange.OfFloats(timestamps, range);
            int histograms = CountInRange(batch.Histograms(i), range);
            if (floats + histograms == 0)
            {
                continue;
            }

            added += floats + histograms;
            Bound(samplesBefore + added, response.Length);
            response.BeginSeries(batch.Labels(i).Bytes.Span);
            response.AddSamples(timestamps.Slice(first, floats), batch.ValueBits(i).Slice(first, floats));
            foreach (HistogramSample histogram in batch.Histograms(i))
            {
                if (range.Contains(histogram.TimestampMs))
                {
                    response.AddHistogram(histogram.TimestampMs, batch.Samples.Payload(histogram));
                }
            }

            response.EndSeries();
            Bound(samplesBefore + added, response.Length);
        }

        return added;
    }

    private void Bound(long samples, long bytes)
    {
        if (samples > options.RemoteReadSampleLimit)
        {
            throw new RemoteReadException(
                StatusCodes.Status400BadRequest, $"the answer exceeds the limit of {options.RemoteReadSampleLimit} samples (remote-read.sample-limit)");
        }

        if (bytes > options.RemoteReadMaxResponseBytes)
        {
            throw new RemoteReadException(
                StatusCodes.Status400BadRequest, $"the answer exceeds the limit of {options.RemoteReadMaxResponseBytes} bytes (remote-read.max-response-bytes)");
        }
    }

    private static int CountInRange(ReadOnlySpan<HistogramSample> histograms, QueryRange range)
    {
        int count = 0;
        foreach (HistogramSample histogram in histograms)
        {
            count += range.Contains(histogram.TimestampMs) ? 1 : 0;
        }

        return count;
    }
}
