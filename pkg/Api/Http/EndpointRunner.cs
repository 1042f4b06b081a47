using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RemoteStore.Api.Endpoints;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Primitives.Memory;
using RemoteStore.Storage;
using RemoteStore.Telemetry;

namespace RemoteStore.Api.Http;

/// <summary>What all endpoints share: readiness, tenant, envelope, errors, metrics.</summary>
internal sealed class EndpointRunner(TenantResolver tenants, Readiness readiness, BufferPool pool, ApiMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>Serves one request.</summary>
    public async Task RunAsync(IApiEndpoint endpoint, HttpContext context)
    {
        long started = time.GetTimestamp();
        Cors.AddHeaders(context);
        if (!endpoint.AnswersBeforeReady && !readiness.IsReady)
        {
            await RefuseUnreadyAsync(context);
        }
        else if (tenants.Resolve(context.Request, out TenantId tenant) is { } refusal)
        {
            await WriteTextAsync(context, refusal.StatusCode, refusal.Message);
        }
        else
        {
            await AnswerAsync(endpoint, context, tenant);
        }

        metrics.RequestCompleted(endpoint.Name, context.Response.StatusCode, time.GetElapsedTime(started));
    }

    /// <summary>Answers that the store does not serve now, as Prometheus does while it starts.</summary>
    public Task RefuseUnreadyAsync(HttpContext context)
    {
        context.Response.Headers["X-Prometheus-Stopping"] = readiness.Current.State == ReadinessState.Stopping ? "true" : "false";
        return WriteTextAsync(context, StatusCodes.Status503ServiceUnavailable, "Service Unavailable");
    }

    /// <summary>Answers with plain text.</summary>
    public static Task WriteTextAsync(HttpContext context, int statusCode, string message)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message, context.RequestAborted);
    }

    private async Task AnswerAsync(IApiEndpoint endpoint, HttpContext context, TenantId tenant)
    {
        CancellationToken aborted = context.RequestAborted;
        await using var response = new JsonResponse(context, pool);
        ApiException? error = null;
        try
        {
            ApiRequest request = await ApiRequest.ReadAsync(context, tenant);
            response.BeginData();
            await endpoint.WriteAsync(request, response, aborted);
            await response.CompleteAsync(aborted);
            return;
        }
        catch (StorageUnavailableException) when (!response.Started)
        {
            await RefuseUnreadyAsync(context);
            return;
        }
        catch (ApiException exception)
        {
            error = exception;
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            context.Response.StatusCode = 499; // nobody reads it; it is for the metric
            return;
        }
        catch (Exception exception)
        {
            logger.RequestFailed(endpoint.Name, tenant.Name, exception);
            error = new ApiException(ApiErrorType.Internal, exception is IOException ? exception.Message : "internal error, see the log");
        }

        if (response.Started)
        {
            context.Abort();
        }
        else
        {
            await response.FailAsync(error, aborted);
        }
    }
}
