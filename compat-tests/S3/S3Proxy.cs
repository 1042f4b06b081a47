using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using RemoteStore.Testing;

namespace RemoteStore.CompatTests.S3;

/// <summary>Stands before an S3 server on 127.0.0.1 and hands on requests and answers as they are, but for what the test wants to go wrong.</summary>
internal sealed class S3Proxy : IAsyncDisposable
{
    private static readonly string[] s_ofTheConnection = ["Host", "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade"];

    private readonly WebApplication _application;
    private readonly HttpMessageInvoker _server = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
    private readonly string _target;
    private int _requests;

    private S3Proxy(string target, int port)
    {
        _target = target;
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        _application = builder.Build();
        _application.Run(HandleAsync);
    }

    /// <summary>Host and port.</summary>
    public string Endpoint { get; }

    /// <summary>Requests that came so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Told the number of a request, from 1, and its method, says what goes wrong with it. May be called by several threads.</summary>
    public Func<int, string, ProxyFault> FaultOf { get; set; } = static (_, _) => ProxyFault.None;

    /// <summary>Starts listening.</summary>
    /// <param name="target">Host and port of the server.</param>
    public static async Task<S3Proxy> StartAsync(string target)
    {
        var proxy = new S3Proxy(target, FreePorts.Next());
        await proxy._application.StartAsync();
        return proxy;
    }

    /// <summary>Counts requests from 0 again.</summary>
    public void ResetCount() => Volatile.Write(ref _requests, 0);

    public async ValueTask DisposeAsync()
    {
        FaultOf = static (_, _) => ProxyFault.Refuse;
        await using (_application)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _application.StopAsync(now.Token); // what hangs is cut off
        }

        _server.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        ProxyFault fault = FaultOf(Interlocked.Increment(ref _requests), context.Request.Method);
        switch (fault)
        {
            case ProxyFault.Refuse:
                context.Abort();
                return;
            case ProxyFault.Unavailable:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                await context.Response.WriteAsync("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
                return;
            case ProxyFault.Hang:
                await HangAsync(context);
                return;
            default:
                await ForwardAsync(context, fault);
                return;
        }
    }

    private static async Task HangAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.RequestAborted.Register(gone.SetResult))
        {
            await gone.Task;
        }
    }

    private async Task ForwardAsync(HttpContext context, ProxyFault fault)
    {
        try
        {
            using HttpRequestMessage request = Copy(context.Request, fault == ProxyFault.CutRequest);
            using HttpResponseMessage answer = await _server.SendAsync(request, context.RequestAborted);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
            if (fault == ProxyFault.LoseAnswer)
            {
                context.Abort();
                return;
            }

            Copy(answer, context.Response);
            await context.Response.Body.WriteAsync(body.AsMemory(0, fault == ProxyFault.CutAnswer ? body.Length / 2 : body.Length), context.RequestAborted);
            if (fault == ProxyFault.CutAnswer)
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                context.Abort();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            context.Abort();
        }
    }

    private HttpRequestMessage Copy(HttpRequest from, bool cut)
    {
        string target = from.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget; // as it was signed
        var request = new HttpRequestMessage(
            new HttpMethod(from.Method),
            new Uri($"http://{_target}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Content = new StreamContent(cut ? new CutStream(from.Body, (from.ContentLength ?? 0) / 2) : from.Body),
        };
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in from.Headers)
        {
            if (!s_ofTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase) && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                _ = request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        request.Headers.Host = from.Host.Value;
        if (from.ContentLength is null)
        {
            request.Content = null;
        }

        return request;
    }

    private static void Copy(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        foreach ((string name, IEnumerable<string> values) in from.Headers.Concat(from.Content.Headers))
        {
            if (!s_ofTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                to.Headers[name] = values.ToArray();
            }
        }
    }
}
