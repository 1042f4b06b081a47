using RemoteStore.Limits;
using RemoteStore.Primitives.Files;
using RemoteStore.Server.Options;
using RemoteStore.Telemetry;

namespace RemoteStore.Server.Roles;

/// <summary>What roles are made of: everything of the process that they may touch.</summary>
internal sealed record RoleContext
{
    /// <summary>All settings.</summary>
    public required RemoteStoreOptions Options { get; init; }

    /// <summary>Limits of each tenant as they are in force; while roles are made, those of the options.</summary>
    public ITenantLimitsProvider Limits { get; init; } = new UniformTenantLimits(new TenantLimits());

    /// <summary>Where metrics are created.</summary>
    public required MetricsRegistry Metrics { get; init; }

    /// <summary>State of the process; a role reports how far its start is.</summary>
    public required Readiness Readiness { get; init; }

    /// <summary>Makes loggers.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Reads the options again and tells what is wrong with them; nothing that is in force changes.</summary>
    public Func<IReadOnlyList<string>> CheckOptions { get; init; } = static () => [];

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The disk.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>Places where a test stops the process.</summary>
    public required Failpoints Failpoints { get; init; }
}
