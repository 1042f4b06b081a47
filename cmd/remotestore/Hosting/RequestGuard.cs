using System.Globalization;
using RemoteStore.Storage;
using RemoteStore.Telemetry;

namespace RemoteStore.Server.Hosting;

/// <summary>
/// First in the pipeline: counts requests, answers 503 for data paths while the store is not ready, and turns what escapes an endpoint into a status, so that one bad request
/// never harms the process.
/// </summary>
internal sealed class RequestGuard
{
    private const int RetryAfterSeconds = 5;

    private readonly Readiness _readiness;
    private readonly RequestTracker _tracker;
    private readonly ILogger _logger;

    /// <summary>Creates the guard.</summary>
    public RequestGuard(Readiness readiness, RequestTracker tracker, ILogger logger)
    {
        _readiness = readiness;
        _tracker = tracker;
        _logger = logger;
    }

    /// <summary>The middleware.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _tracker.Begin();
        try
        {
            ReadinessStatus status = _readiness.Current;
            if (status.IsReady || IsServedAlways(context.Request.Path))
            {
                await next(context);
                if (!context.Response.HasStarted && IsUnknownPath(context))
                {
                    await AnswerAsync(context, StatusCodes.Status404NotFound, "not found; / lists what is served");
                }
            }
            else
            {
                await AnswerNotReadyAsync(context, status);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, e.StatusCode, e.Message);
        }
        catch (StorageUnavailableException e)
        {
            RetryLater(context);
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (Exception e)
        {
            Log.RequestFailed(_logger, e, context.Request.Method, context.Request.Path);
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, "internal error, see the log of the server");
        }
        finally
        {
            _tracker.End();
        }
    }

    /// <summary>Answers 503 as Prometheus does: the header tells a start from a stop.</summary>
    public static Task AnswerNotReadyAsync(HttpContext context, ReadinessStatus status)
    {
        context.Response.Headers["X-Prometheus-Stopping"] = status.State == ReadinessState.Stopping ? "true" : "false";
        RetryLater(context);
        return AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, $"Service Unavailable: {status.Reason}");
    }

    /// <summary>No route, or only the one that answers preflight requests of any path.</summary>
    private static bool IsUnknownPath(HttpContext context) =>
        (context.Response.StatusCode == StatusCodes.Status404NotFound && context.GetEndpoint() is null) ||
        (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed && context.Response.Headers.Allow == HttpMethods.Options);

    private static bool IsServedAlways(PathString path) =>
        !path.StartsWithSegments("/api", StringComparison.Ordinal) || path.StartsWithSegments("/api/v1/status", StringComparison.Ordinal);

    private static void RetryLater(HttpContext context)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static Task AnswerAsync(HttpContext context, int statusCode, string message)
    {
        if (context.Response.HasStarted)
        {
            context.Abort(); // half an answer must not look like a whole one
            return Task.CompletedTask;
        }

        context.Response.StatusCode = statusCode;
        context.Response.Headers.Allow = default;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message + "\n", context.RequestAborted);
    }
}
