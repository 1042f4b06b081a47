using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Memory;
using RemoteStore.Storage;
using RemoteStore.Storage.Appending;
using RemoteStore.Telemetry;
using RemoteStore.Wire;
using RemoteStore.Wire.RemoteWrite;

namespace RemoteStore.Distributor;

/// <summary>
/// Receives remote write 1.0 and 2.0: reads a request into pooled memory, decodes it to columns, hands it to the appender and answers when that has
/// acknowledged. Map it with <see cref="RemoteWriteRoutes.MapRemoteWrite"/>.
/// </summary>
public sealed class RemoteWriteHandler
{
    private const int ClientClosedRequest = 499;
    private const long PooledBodyBytes = 8 << 20;

    private readonly IAppender _appender;
    private readonly RemoteWriteOptions _options;
    private readonly TenantResolver _tenants;
    private readonly Readiness _readiness;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BufferPool _bodies = new(PooledBodyBytes);
    private readonly WriteBatchPool _batches;
    private readonly InflightBudget _inflight;
    private readonly RetryAfter _retryAfter;
    private readonly DistributorMetrics _metrics;
    private readonly LogSampler _refusals;
    private readonly LogSampler _outages;

    /// <summary>Creates the receiver.</summary>
    /// <param name="appender">Takes the decoded writes.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="tenants">Whose data a request is.</param>
    /// <param name="readiness">Whether writes are taken.</param>
    /// <param name="registry">Where metrics go.</param>
    /// <param name="time">Clock.</param>
    /// <param name="random">Jitter of the waits that senders are asked for.</param>
    /// <param name="logger">Where refusals and failures go.</param>
    public RemoteWriteHandler(
        IAppender appender,
        RemoteWriteOptions options,
        TenantResolver tenants,
        Readiness readiness,
        MetricsRegistry registry,
        TimeProvider time,
        Random random,
        ILogger<RemoteWriteHandler> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _appender = appender;
        _options = options;
        _tenants = tenants;
        _readiness = readiness;
        _time = time;
        _logger = logger;
        _batches = new WriteBatchPool(options.PooledBatches);
        _inflight = new InflightBudget(options.MaxInflightBytes);
        _retryAfter = new RetryAfter(options.RetryAfterBase, options.RetryAfterMax, random);
        _metrics = new DistributorMetrics(registry, _inflight);
        _refusals = new LogSampler(time, options.RejectLogInterval);
        _outages = new LogSampler(time, options.RejectLogInterval);
    }

    /// <summary>Serves one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        long started = _time.GetTimestamp();
        string? notAcceptable = ContentNegotiation.ReadProtocol(context.Request.ContentType, out WriteProtocol protocol)
            ?? ContentNegotiation.CheckEncoding(context.Request.Headers.ContentEncoding);
        WriteReply reply = _tenants.Resolve(context.Request, out TenantId tenant) is { } refusal ? new(refusal.StatusCode, refusal.Message)
            : notAcceptable is not null ? new(StatusCodes.Status415UnsupportedMediaType, notAcceptable)
            : !_readiness.IsReady ? new(StatusCodes.Status503ServiceUnavailable, $"not ready: {_readiness.Current.Reason}")
            : await ReceiveAsync(context, tenant, protocol);
        if (reply.StatusCode != ClientClosedRequest)
        {
            await reply.WriteAsync(context, _retryAfter);
        }

        _metrics.RequestCompleted(reply.StatusCode, protocol, _time.GetElapsedTime(started));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WriteReply> ReceiveAsync(HttpContext context, TenantId tenant, WriteProtocol protocol)
    {
        var lease = new InflightLease(_inflight);
        WriteBatch? batch = null;
        try
        {
            RequestBody body = await RequestBody.ReadAsync(context, _bodies, _options.MaxRequestBytes, lease);
            if (body.Refusal is { } tooLarge)
            {
                return tooLarge;
            }

            batch = _batches.Rent();
            WriteReply? refusal;
            try
            {
                refusal = Decode(body.Buffer.AsSpan(0, body.Length), protocol, batch, lease);
            }
            finally
            {
                _bodies.Return(body.Buffer!);
            }

            return refusal ?? await AppendAsync(context, tenant, batch);
        }
        catch (StorageUnavailableException exception)
        {
            return Unavailable(tenant, exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            // The server itself refuses a chunked body that grows past the limit.
            return exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? RequestBody.TooLarge(null, _options.MaxRequestBytes)
                : new(exception.StatusCode, exception.Message);
        }
        catch (Exception exception) when (
            exception is ConnectionResetException || (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            return new(ClientClosedRequest);
        }
        catch (Exception exception)
        {
            int status = exception is IOException ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
            _logger.WriteFailed(tenant.Name, status, exception);
            return new(status, "the write could not be stored, send it again later");
        }
        finally
        {
            if (batch is not null)
            {
                _batches.Return(batch);
            }

            lease.Release();
        }
    }

    /// <summary>Decompresses and decodes; null when that went well.</summary>
    private WriteReply? Decode(ReadOnlySpan<byte> body, WriteProtocol protocol, WriteBatch batch, InflightLease lease)
    {
        if (body.IsEmpty)
        {
            return Bad("request body is empty");
        }

        int position = 0;
        if (Varint.TryRead(body, ref position, out ulong declared) && declared > (ulong)_options.MaxRequestBytes)
        {
            return TooLarge(declared);
        }

        if (!SnappyBody.TryGetDecodedLength(body, out int length))
        {
            return Bad("request body is not valid snappy: its declared length is impossible");
        }

        if (!lease.TryGrow(length))
        {
            return RequestBody.Busy();
        }

        if (!SnappyBody.TryDecompress(body, batch))
        {
            return Bad("request body is not valid snappy");
        }

        DecodeResult decoded = protocol == WriteProtocol.V2
            ? RemoteWriteV2Decoder.Decode(batch, length)
            : RemoteWriteV1Decoder.Decode(batch, length);
        return decoded.IsOk ? null : Bad($"request is not a valid write: {decoded.Error}");
    }

    private async ValueTask<WriteReply> AppendAsync(HttpContext context, TenantId tenant, WriteBatch batch)
    {
        _metrics.Received(batch);
        AppendResult result = await _appender.AppendAsync(tenant, batch, context.RequestAborted);
        foreach ((AppendStatus status, string message, int samples, int histograms, int exemplars) in batch.Refused)
        {
            // An empty series counts as one refusal, else nobody would learn of it.
            result.Rejects.Add(status, Math.Max(1, (long)samples + histograms + exemplars), message);
        }

        if (result.Rejects.Total == 0)
        {
            return new(StatusCodes.Status204NoContent, null, result);
        }

        _metrics.Rejected(result.Rejects);
        string text = RejectText.Describe(result.Rejects, result);
        if (_refusals.TryTake(out long unlogged))
        {
            _logger.PartOfWriteRefused(tenant.Name, context.Request.Headers.UserAgent.ToString(), text, unlogged);
        }

        return new(StatusCodes.Status400BadRequest, text, result);
    }

    private WriteReply Unavailable(TenantId tenant, string message)
    {
        if (_outages.TryTake(out long unlogged))
        {
            _logger.WriteUnavailable(tenant.Name, message, unlogged);
        }

        return new(StatusCodes.Status503ServiceUnavailable, message);
    }

    private WriteReply TooLarge(ulong length) => new(
        StatusCodes.Status413PayloadTooLarge,
        $"request declares {length} decoded bytes, the limit is {_options.MaxRequestBytes} bytes ({RemoteWriteOptions.MaxRequestOption})");

    private static WriteReply Bad(string message) => new(StatusCodes.Status400BadRequest, message);
}
