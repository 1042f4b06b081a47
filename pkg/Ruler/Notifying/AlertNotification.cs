using RemoteStore.Model.Labels;

namespace RemoteStore.Ruler.Notifying;

/// <summary>An alert as Alertmanager is told it. Immutable.</summary>
/// <param name="Labels">Labels that identify it.</param>
/// <param name="Annotations">What is told about it, by name.</param>
/// <param name="StartsAtMs">When it began to fire, milliseconds since the Unix epoch.</param>
/// <param name="EndsAtMs">When it was resolved, or when it is to be taken as resolved unless it is told again.</param>
/// <param name="GeneratorUrl">Link to its query.</param>
public sealed record AlertNotification(
    LabelSet Labels, IReadOnlyList<KeyValuePair<string, string>> Annotations, long StartsAtMs, long EndsAtMs, string GeneratorUrl);
