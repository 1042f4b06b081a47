namespace RemoteStore.Server.Options;

/// <summary>Whether requests name a tenant.</summary>
internal sealed record MultitenancyOptions
{
    /// <summary>True: <c>X-Scope-OrgID</c> is required. False: all data is one tenant's.</summary>
    public bool Enabled { get; init; }
}
