namespace RemoteStore.PromQL.Parser;

/// <summary>What an <c>@</c> modifier pins a selector to.</summary>
/// <param name="Kind">Which form.</param>
/// <param name="TimestampMs">The time of <see cref="AtKind.Timestamp"/>, milliseconds since the Unix epoch; else 0.</param>
public readonly record struct AtModifier(AtKind Kind, long TimestampMs = 0);

/// <summary>Forms of the <c>@</c> modifier.</summary>
public enum AtKind
{
    /// <summary>No modifier: the evaluation time.</summary>
    None,

    /// <summary><c>@ 1609746000</c></summary>
    Timestamp,

    /// <summary><c>@ start()</c></summary>
    Start,

    /// <summary><c>@ end()</c></summary>
    End,
}
