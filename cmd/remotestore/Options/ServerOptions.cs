using RemoteStore.Server.Options.Values;

namespace RemoteStore.Server.Options;

/// <summary>Listeners and roles of the process.</summary>
internal sealed record ServerOptions
{
    /// <summary>The role that stands for all of them.</summary>
    public const string AllRoles = "all";

    /// <summary>Where HTTP/1.1 is served.</summary>
    public ListenAddress Listen { get; init; } = new("127.0.0.1", 9009);

    /// <summary>Where gRPC is served; null = not at all.</summary>
    public ListenAddress? GrpcListen { get; init; }

    /// <summary>Roles this process plays, comma-separated.</summary>
    public string Target { get; init; } = AllRoles;

    /// <summary>YAML file the options were read from; empty = none.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>True when the process can be stopped by request.</summary>
    public bool EnableLifecycle { get; init; }

    /// <summary>Longest wait at shutdown for requests that are being served.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
