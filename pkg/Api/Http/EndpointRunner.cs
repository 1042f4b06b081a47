using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RemoteStore.Api.Endpoints;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Primitives.Memory;
using RemoteStore.Storage;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;

namespace RemoteStore.Api.Http;

/// <summary>What all endpoints share: readiness, tenant, envelope, errors, metrics.</summary>
internal sealed class EndpointRunner(TenantResolver tenants, Readiness readiness, BufferPool pool, ApiMetrics metrics, Cors cors, TimeProvider time, ILogger logger)
{
    private const int ClientClosedRequest = 499;

    /// <summary>Serves one request with a JSON endpoint.</summary>
    public Task RunAsync(IApiEndpoint endpoint, HttpContext context) =>
        GuardAsync(endpoint.Name, endpoint.AnswersBeforeReady, context, tenant => AnswerAsync(endpoint, context, tenant));

    /// <summary>Serves one request when the store is ready and the tenant known; counts it.</summary>
    public async Task GuardAsync(string endpoint, bool answersBeforeReady, HttpContext context, Func<TenantId, Task> answer)
    {
        long started = time.GetTimestamp();
        cors.AddHeaders(context);
        try
        {
            if (!answersBeforeReady && !readiness.IsReady)
            {
                await RefuseUnreadyAsync(context);
            }
            else if (tenants.Resolve(context.Request, out TenantId tenant) is { } refusal)
            {
                await WriteTextAsync(context, refusal.StatusCode, refusal.Message);
            }
            else
            {
                await answer(tenant);
            }
        }
        catch (StorageUnavailableException) when (!context.Response.HasStarted)
        {
            await RefuseUnreadyAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = ClientClosedRequest; // nobody reads it; it is for the metric
            }
        }

        metrics.RequestCompleted(endpoint, context.Response.StatusCode, time.GetElapsedTime(started));
    }

    /// <summary>Answers with plain text.</summary>
    public static Task WriteTextAsync(HttpContext context, int statusCode, string message)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message, context.RequestAborted);
    }

    /// <summary>Answers that the store does not serve now, as Prometheus does while it starts.</summary>
    private Task RefuseUnreadyAsync(HttpContext context)
    {
        context.Response.Headers["X-Prometheus-Stopping"] = readiness.Current.State == ReadinessState.Stopping ? "true" : "false";
        return WriteTextAsync(context, StatusCodes.Status503ServiceUnavailable, "Service Unavailable");
    }

    private async Task AnswerAsync(IApiEndpoint endpoint, HttpContext context, TenantId tenant)
    {
        CancellationToken aborted = context.RequestAborted;
        await using var response = new JsonResponse(context, pool);
        ApiException error;
        try
        {
            ApiRequest request = await ApiRequest.ReadAsync(context, tenant);
            response.BeginData();
            await endpoint.WriteAsync(request, response, aborted);
            await response.CompleteAsync(aborted);
            return;
        }
        catch (ApiException exception)
        {
            error = exception;
        }
        catch (ReadLimitException exception)
        {
            error = new ApiException(ApiErrorType.Execution, exception.Message);
        }
        catch (Exception exception) when (
            !aborted.IsCancellationRequested && (response.Started || exception is not StorageUnavailableException))
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
