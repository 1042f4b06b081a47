using RemoteStore.Limits;
using RemoteStore.Model.Labels;

namespace RemoteStore.Server.Options;

/// <summary>Quotas of each tenant.</summary>
internal sealed record LimitsOptions
{
    /// <summary>What a tenant gets that has nothing of its own.</summary>
    public TenantLimits Defaults { get; init; } = new();

    /// <summary>How long downsampled data is kept, see <see cref="Values.RetentionText"/>.</summary>
    public string DownsampledRetention { get; init; } = "";

    /// <summary>YAML file with what tenants have of their own, see <see cref="Tenants.TenantOverrides"/>; empty = none.</summary>
    public string OverridesFile { get; init; } = "";

    /// <summary>How often to look for a changed file; 0 = only when told to reload.</summary>
    public TimeSpan OverridesPollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same with other label limits.</summary>
    public LimitsOptions WithLabels(Func<LabelLimits, LabelLimits> change) =>
        this with { Defaults = Defaults with { Labels = change(Defaults.Labels) } };

    /// <summary>The same with other limits of queries.</summary>
    public LimitsOptions WithQueries(Func<TenantQueryLimits, TenantQueryLimits> change) =>
        this with { Defaults = Defaults with { Queries = change(Defaults.Queries) } };

    /// <summary>The same with other limits of rules.</summary>
    public LimitsOptions WithRules(Func<TenantRuleLimits, TenantRuleLimits> change) =>
        this with { Defaults = Defaults with { Rules = change(Defaults.Rules) } };
}
