using System.Collections.Frozen;
using RemoteStore.Model;

namespace RemoteStore.Limits;

/// <summary>Limits of all tenants and, where some have their own, those; replaced as a whole while requests ask. Safe for concurrent use.</summary>
/// <param name="defaults">What a tenant gets that has nothing of its own.</param>
public sealed class ReloadableTenantLimits(TenantLimits defaults) : ITenantLimitsProvider
{
    private volatile FrozenDictionary<TenantId, TenantLimits> _own = FrozenDictionary<TenantId, TenantLimits>.Empty;

    /// <inheritdoc/>
    public TenantLimits For(TenantId tenant) => _own.GetValueOrDefault(tenant, defaults);

    /// <summary>Puts other limits in force for all later questions.</summary>
    /// <param name="own">Whole limits of the tenants that have their own; what a tenant lacks there it gets of the defaults.</param>
    public void Replace(IEnumerable<KeyValuePair<TenantId, TenantLimits>> own) => _own = own.ToFrozenDictionary();
}
