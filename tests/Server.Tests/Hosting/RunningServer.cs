using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Primitives.Files;
using RemoteStore.Server.Hosting;
using RemoteStore.Server.Options;
using RemoteStore.Server.Options.Values;
using RemoteStore.Server.Roles;
using RemoteStore.Telemetry;
using Shouldly;

namespace RemoteStore.Server.Tests.Hosting;

/// <summary>A host on a free port around one role that tests steer.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly ServerHost _host;
    private readonly CancellationTokenSource _stop = new();

    private RunningServer(ServerHost host) => _host = host;

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public Readiness Readiness { get; private init; } = new();

    public Task<int> Exit { get; private set; } = Task.FromResult(-1);

    public static Task<RunningServer> StartAsync(IRole role) => StartAsync(new RemoteStoreOptions(), _ => [role]);

    public static Task<RunningServer> StartAsync(
        IRole role, Func<RemoteStoreOptions, RemoteStoreOptions> change, Func<IReadOnlyList<string>>? checkOptions = null) =>
        StartAsync(change(new RemoteStoreOptions()), _ => [role], checkOptions);

    public static Task<RunningServer> StartAsync(
        RemoteStoreOptions options, Func<RoleContext, IRole> createRole, Func<IReadOnlyList<string>>? checkOptions = null) =>
        StartAsync(options, context => [createRole(context)], checkOptions);

    public static async Task<RunningServer> StartAsync(
        RemoteStoreOptions options, Func<RoleContext, IReadOnlyList<IRole>> createRoles, Func<IReadOnlyList<string>>? checkOptions = null)
    {
        var readiness = new Readiness();
        var context = new RoleContext
        {
            Options = options with { Server = options.Server with { Listen = new ListenAddress("127.0.0.1", 0) } },
            Metrics = new MetricsRegistry(),
            Readiness = readiness,
            Loggers = NullLoggerFactory.Instance,
            CheckOptions = checkOptions ?? (static () => []),
            Time = TimeProvider.System,
            Files = LocalFileSystem.Instance,
            Failpoints = Failpoints.None,
        };
        var server = new RunningServer(new ServerHost(context, createRoles(context))) { Readiness = readiness };
        await server._host.ListenAsync();
        server.Client.BaseAddress = server._host.Address;
        server.Exit = server._host.RunAsync(static () => "the test ends", server._stop.Token);
        return server;
    }

    /// <summary>Waits until the role has started.</summary>
    public async Task BecomeReadyAsync()
    {
        while (!Readiness.IsReady)
        {
            Exit.IsCompleted.ShouldBeFalse("the server ended before it was ready");
            await Task.Yield();
        }
    }

    public void Stop() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        Stop();
        await Exit;
        Client.Dispose();
        await _host.DisposeAsync();
        _stop.Dispose();
    }
}

/// <summary>A role whose start, endpoint and end wait for the test.</summary>
internal sealed class SteeredRole : IRole
{
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource RequestArrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Disposed { get; private set; }

    public bool AnsweredBeforeDisposal { get; private set; }

    public Exception? FailOnDisposal { get; init; }

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/v1/slow", async () =>
        {
            RequestArrived.TrySetResult();
            await Answer.Task;
            AnsweredBeforeDisposal = !Disposed;
            return "done";
        });
        endpoints.MapGet("/api/v1/fails", static string () => throw new InvalidOperationException("secret detail"));
        endpoints.MapGet("/api/v1/status/own", static () => "own");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Started.Task.WaitAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return FailOnDisposal is null ? ValueTask.CompletedTask : ValueTask.FromException(FailOnDisposal);
    }
}
