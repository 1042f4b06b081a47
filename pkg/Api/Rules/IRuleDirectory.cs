using RemoteStore.Model;

namespace RemoteStore.Api.Rules;

/// <summary>The rules that are evaluated, as they are now. Safe for concurrent use.</summary>
public interface IRuleDirectory
{
    /// <summary>Groups of a tenant, by file, then name.</summary>
    IReadOnlyList<ListedGroup> Groups(TenantId tenant);

    /// <summary>Addresses that alerts are posted to.</summary>
    IReadOnlyList<string> Alertmanagers { get; }

    /// <summary>True when the API that changes rules is served.</summary>
    bool CanChange { get; }
}

/// <summary>A server that evaluates no rules.</summary>
public sealed class NoRules : IRuleDirectory
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Alertmanagers => [];

    /// <inheritdoc/>
    public bool CanChange => false;

    /// <inheritdoc/>
    public IReadOnlyList<ListedGroup> Groups(TenantId tenant) => [];
}
