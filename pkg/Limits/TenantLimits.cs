using RemoteStore.Model.Labels;

namespace RemoteStore.Limits;

/// <summary>Quotas of one tenant: an immutable snapshot, replaced as a whole on reload.</summary>
public sealed record TenantLimits
{
    /// <summary>Bounds of label counts and lengths.</summary>
    public LabelLimits Labels { get; init; } = LabelLimits.Default;

    /// <summary>Most exemplars kept; the oldest go first. 0 keeps none.</summary>
    public int MaxExemplars { get; init; } = 100_000;

    /// <summary>Most active series; samples of further new series are refused. 0 = unlimited.</summary>
    public int MaxActiveSeries { get; init; }

    /// <summary>How long samples are kept.</summary>
    public TenantRetention Retention { get; init; } = TenantRetention.Forever;

    /// <summary>How long blocks stay on the local disk after their time range ended, once the object store has them; null = as long as the process says.</summary>
    public TimeSpan? HotPeriod { get; init; }

    /// <summary>What queries may cost.</summary>
    public TenantQueryLimits Queries { get; init; } = new();

    /// <summary>How many rules may be stored.</summary>
    public TenantRuleLimits Rules { get; init; } = new();
}
