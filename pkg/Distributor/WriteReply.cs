using System.Globalization;
using Microsoft.AspNetCore.Http;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Distributor;

/// <summary>What a request is answered with.</summary>
/// <param name="StatusCode">HTTP status.</param>
/// <param name="Message">Text for the sender, null for none. Senders log its first line only, so it is one line.</param>
/// <param name="Result">What was stored, null when nothing was.</param>
internal readonly record struct WriteReply(int StatusCode, string? Message = null, AppendResult? Result = null)
{
    private const string SamplesWritten = "X-Prometheus-Remote-Write-Samples-Written";
    private const string HistogramsWritten = "X-Prometheus-Remote-Write-Histograms-Written";
    private const string ExemplarsWritten = "X-Prometheus-Remote-Write-Exemplars-Written";
    private const string DurabilityReached = "X-RemoteStore-Durability";

    /// <summary>Sends it. The counts are sent whatever the protocol and outcome: 2.0 wants them always and 1.0 senders do not mind.</summary>
    public Task WriteAsync(HttpContext context, RetryAfter retryAfter)
    {
        HttpResponse response = context.Response;
        response.StatusCode = StatusCode;
        IHeaderDictionary headers = response.Headers;
        headers[SamplesWritten] = Text(Result?.SamplesWritten ?? 0);
        headers[HistogramsWritten] = Text(Result?.HistogramsWritten ?? 0);
        headers[ExemplarsWritten] = Text(Result?.ExemplarsWritten ?? 0);
        if (Result is not null)
        {
            headers[DurabilityReached] = Result.Durability == Durability.Fsync ? "fsync" : "memory";
        }

        if (StatusCode >= 500)
        {
            headers.RetryAfter = Text(retryAfter.Seconds(context.Request.Headers["Retry-Attempt"]));
        }

        if (Message is null)
        {
            return Task.CompletedTask;
        }

        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(Message + "\n", context.RequestAborted);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
