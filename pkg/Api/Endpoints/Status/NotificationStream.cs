using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RemoteStore.Api.Http;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/notifications/live</c>: an open stream of server-sent events. There is nothing to notify of; it ends with the client or the server.</summary>
internal sealed class NotificationStream(Cors cors) : IDisposable
{
    private const int MaxStreams = 16;

    private readonly SemaphoreSlim _streams = new(MaxStreams);

    /// <summary>Serves one client; further ones than sixteen are answered 204 at once, as Prometheus does.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        cors.AddHeaders(context);
        if (!await _streams.WaitAsync(TimeSpan.Zero))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-cache";
            await context.Response.Body.FlushAsync(context.RequestAborted);
            CancellationToken stopping = context.RequestServices.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away before the stream was open.
        }
        finally
        {
            _streams.Release();
        }
    }

    public void Dispose() => _streams.Dispose();
}
