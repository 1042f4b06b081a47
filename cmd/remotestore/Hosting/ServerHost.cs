using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RemoteStore.Server.Endpoints;
using RemoteStore.Server.Options;
using RemoteStore.Server.Options.Values;
using RemoteStore.Server.Roles;

namespace RemoteStore.Server.Hosting;

/// <summary>
/// The HTTP server around the roles. It listens before the roles are started, so that health, metrics and the progress of replay can be asked for meanwhile; data paths answer
/// 503 until then.
/// </summary>
internal sealed class ServerHost : IAsyncDisposable
{
    private readonly RoleContext _context;
    private readonly IReadOnlyList<IRole> _roles;
    private readonly RequestTracker _requests = new();
    private readonly ConfigReload _reload;
    private readonly CancellationTokenSource _quit = new();
    private readonly ILogger _logger;
    private readonly WebApplication _app;

    /// <summary>Builds the server; nothing is bound or opened yet.</summary>
    /// <param name="context">What the process is made of.</param>
    /// <param name="roles">Roles in order of start; the host disposes them.</param>
    public ServerHost(RoleContext context, IReadOnlyList<IRole> roles)
    {
        _context = context;
        _roles = roles;
        _logger = context.Loggers.CreateLogger<ServerHost>();
        _reload = new ConfigReload(context, [.. roles.OfType<IReloadable>()], _logger);
        _app = Build();
    }

    /// <summary>Where HTTP is served; known once <see cref="ListenAsync"/> has completed.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    private RemoteStoreOptions Options => _context.Options;

    /// <summary>Binds the listener.</summary>
    /// <exception cref="StartupException">The address cannot be bound.</exception>
    public async Task ListenAsync()
    {
        ListenAddress listen = Options.Server.Listen;
        try
        {
            await _app.StartAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new StartupException($"cannot listen on {listen}: {e.GetBaseException().Message}; choose another address with --listen", e);
        }

        string bound = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Address = new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal));
        Log.Listening(_logger, bound);
    }

    /// <summary>Starts the roles, serves until asked to stop, drains and closes.</summary>
    /// <param name="stopReason">Why <paramref name="stop"/> was cancelled, for the log.</param>
    /// <param name="stop">Cancelled to stop.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Func<string> stopReason, CancellationToken stop)
    {
        int exitCode = ExitCodes.Success;
        string reason;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _quit.Token);
        try
        {
            long begin = _context.Time.GetTimestamp();
            foreach (IRole role in _roles)
            {
                await role.StartAsync(either.Token);
            }

            _context.Readiness.SetReady();
            Log.Ready(_logger, (long)_context.Time.GetElapsedTime(begin).TotalMilliseconds);
            await Task.Delay(Timeout.InfiniteTimeSpan, _context.Time, either.Token);
            reason = "asked to";
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            reason = stop.IsCancellationRequested ? stopReason() : "POST /-/quit";
        }
        catch (StartupException e)
        {
            Log.StartRefused(_logger, e.Message);
            (exitCode, reason) = (ExitCodes.Failure, "the start failed");
        }
        catch (Exception e)
        {
            Log.StartFailed(_logger, e);
            (exitCode, reason) = (ExitCodes.Failure, "the start failed");
        }

        await DrainAsync(reason);
        return await CloseAsync() ? exitCode : ExitCodes.Failure;
    }

    /// <summary>Reloads, as SIGHUP asks for; faults are in the log and in a metric.</summary>
    public async Task ReloadAsync()
    {
        try
        {
            _ = await _reload.RunAsync();
        }
        catch (Exception e)
        {
            Log.ReloadFailed(_logger, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _reload.Dispose();
        _quit.Dispose();
    }

    private async Task DrainAsync(string reason)
    {
        _context.Readiness.SetStopping(reason);
        Log.Stopping(_logger, reason, _requests.InFlight);

        // Unbinds at once, lets running requests finish, closes idle connections, and cuts off what is left at the timeout.
        using var timeout = new CancellationTokenSource(Options.Server.ShutdownTimeout, _context.Time);
        using CancellationTokenRegistration cut = timeout.Token.Register(() =>
            Log.DrainTimedOut(_logger, _requests.InFlight, (long)Options.Server.ShutdownTimeout.TotalMilliseconds));
        try
        {
            await _app.StopAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // Logged above. Requests that were cut off were not acknowledged.
        }
    }

    private async Task<bool> CloseAsync()
    {
        bool clean = true;
        foreach (IRole role in _roles.Reverse())
        {
            try
            {
                await role.DisposeAsync();
            }
            catch (Exception e)
            {
                Log.CloseFailed(_logger, e);
                clean = false;
            }
        }

        if (clean)
        {
            Log.Stopped(_logger);
        }

        return clean;
    }

    private WebApplication Build()
    {
        // The empty builder reads no files and no variables of its own: options come from one place.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(ConfigureKestrel);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(_context.Loggers);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Options.Server.ShutdownTimeout);

        WebApplication app = builder.Build();
        var guard = new RequestGuard(_context.Readiness, _requests, _logger);
        app.UsePathBase("/prometheus");
        app.Use(guard.InvokeAsync);
        app.UseRouting();
        app.MapProcess(Options, _context.Readiness, _context.Metrics);
        app.MapLifecycle(Options.Server.EnableLifecycle, _reload.RunAsync, _quit.Cancel);
        app.MapIndex();
        foreach (IRole role in _roles)
        {
            role.Map(app);
        }

        return app;
    }

    private void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = Options.Write.MaxRequestBytes + (64L << 10); // above the endpoints' own limits, which answer with a reason
        kestrel.Limits.MaxResponseBufferSize = 512 << 10; // an answer is written on while pieces of it are sent
        kestrel.Limits.MaxRequestLineSize = 128 << 10; // a GET with many match[] parameters
        ListenAddress listen = Options.Server.Listen;
        if (listen.IsAny)
        {
            kestrel.ListenAnyIP(listen.Port, Http1);
        }
        else
        {
            kestrel.Listen(listen.Address, listen.Port, Http1);
        }

        static void Http1(ListenOptions endpoint) => endpoint.Protocols = HttpProtocols.Http1;
    }

    /// <summary>Signals are handled by <see cref="StopSignals"/>; the framework's own lifetime would handle them a second time.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
