namespace RemoteStore.Server.Roles;

/// <summary>Log messages of the limits of tenants, ids from 130.</summary>
internal static partial class Log
{
    [LoggerMessage(130, LogLevel.Warning, "the file of what tenants have of their own could not be taken, what was in force stays: {Faults}")]
    public static partial void OverridesFailed(ILogger logger, string faults);

    [LoggerMessage(131, LogLevel.Information, "limits of tenant {Tenant} have changed")]
    public static partial void OverridesChanged(ILogger logger, string tenant);

    [LoggerMessage(132, LogLevel.Warning, "retention leaves a gap: {Gap}")]
    public static partial void TierGap(ILogger logger, string gap);
}
