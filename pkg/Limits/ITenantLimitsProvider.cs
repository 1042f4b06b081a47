using RemoteStore.Model;

namespace RemoteStore.Limits;

/// <summary>Tells the limits in force for a tenant. Safe for concurrent use; cheap enough to ask once per request.</summary>
public interface ITenantLimitsProvider
{
    /// <summary>The snapshot in force now.</summary>
    TenantLimits For(TenantId tenant);
}

/// <summary>The same limits for every tenant.</summary>
public sealed class UniformTenantLimits(TenantLimits limits) : ITenantLimitsProvider
{
    /// <inheritdoc/>
    public TenantLimits For(TenantId tenant) => limits;
}
