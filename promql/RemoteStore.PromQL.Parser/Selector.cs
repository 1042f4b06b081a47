using RemoteStore.Model.Labels;

namespace RemoteStore.PromQL.Parser;

/// <summary>A series selector with its modifiers.</summary>
/// <param name="Matchers">At least one, and at least one of them does not match the empty value. A metric name is a matcher on <c>__name__</c>.</param>
/// <param name="RangeMs">Length of a range selector in milliseconds, above 0; null for an instant selector.</param>
/// <param name="OffsetMs">How far back the selector is moved, in milliseconds; negative moves it forward.</param>
/// <param name="At">Time the selector is pinned to.</param>
public sealed record Selector(IReadOnlyList<LabelMatcher> Matchers, long? RangeMs, long OffsetMs, AtModifier At);

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

/// <summary>Why a text is not what it should be, and where.</summary>
/// <param name="Line">Line, from 1; 0 when the fault has no place.</param>
/// <param name="Column">Byte of the line, from 1.</param>
/// <param name="Message">What is wrong.</param>
public sealed record ParseError(int Line, int Column, string Message)
{
    /// <summary>As Prometheus spells it: <c>1:5: parse error: …</c>.</summary>
    public override string ToString() =>
        Line == 0 ? $"unknown position: parse error: {Message}" : $"{Line}:{Column}: parse error: {Message}";
}
