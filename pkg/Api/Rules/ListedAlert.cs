using RemoteStore.Model.Labels;

namespace RemoteStore.Api.Rules;

/// <summary>An alert that is pending or firing.</summary>
/// <param name="Labels">Labels that identify it.</param>
/// <param name="Annotations">What is told about it, by name.</param>
/// <param name="State"><c>pending</c> or <c>firing</c>.</param>
/// <param name="ActiveAtMs">Since when its series is there, milliseconds since the Unix epoch.</param>
/// <param name="KeepFiringSinceMs">Since when it fires on though its series is gone, or null.</param>
/// <param name="Value">Value of its series.</param>
public sealed record ListedAlert(
    LabelSet Labels,
    IReadOnlyList<KeyValuePair<string, string>> Annotations,
    string State,
    long ActiveAtMs,
    long? KeepFiringSinceMs,
    double Value);
