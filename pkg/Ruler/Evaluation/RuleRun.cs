namespace RemoteStore.Ruler.Evaluation;

/// <summary>One evaluation of a rule.</summary>
/// <param name="TimestampMs">For when, milliseconds since the Unix epoch: what alerts are told with.</param>
/// <param name="QueryOffsetMs">How far behind that the query is asked and samples are written.</param>
/// <param name="Limit">Most series or alerts; 0 or below: no limit.</param>
/// <param name="TemplateFailed">Told the label or annotation whose template could not be expanded, and why.</param>
/// <param name="Warned">Told new warnings of the query.</param>
internal sealed record RuleRun(long TimestampMs, long QueryOffsetMs, int Limit, Action<string, string>? TemplateFailed, Action<string>? Warned = null)
{
    /// <summary>When the query is asked and what samples are stamped with.</summary>
    public long QueryTimeMs => TimestampMs - QueryOffsetMs;
}
