using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;

namespace RemoteStore.Ruler.Alerting;

/// <summary>One alert of a rule. Immutable; times in milliseconds since the Unix epoch, null when that did not happen.</summary>
/// <param name="Labels">Labels that identify it, <c>alertname</c> among them.</param>
/// <param name="ActiveAtMs">Since when its series is in the answer.</param>
public sealed record Alert(LabelSet Labels, long ActiveAtMs)
{
    /// <summary>What is told about it, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; init; } = [];

    /// <summary>State.</summary>
    public AlertState State { get; init; } = AlertState.Pending;

    /// <summary>Value of its series at the last evaluation; meaningless where there is a histogram.</summary>
    public double Value { get; init; }

    /// <summary>Histogram of its series at the last evaluation, or null.</summary>
    public FloatHistogram? Histogram { get; init; }

    /// <summary>When it began to fire.</summary>
    public long? FiredAtMs { get; init; }

    /// <summary>When it ceased to be active.</summary>
    public long? ResolvedAtMs { get; init; }

    /// <summary>Since when it fires on though its series is gone.</summary>
    public long? KeepFiringSinceMs { get; init; }

    /// <summary>Evaluation at which it was told last.</summary>
    public long? LastSentAtMs { get; init; }

    /// <summary>Until when it is to be taken as firing unless it is told again.</summary>
    public long? ValidUntilMs { get; init; }
}
