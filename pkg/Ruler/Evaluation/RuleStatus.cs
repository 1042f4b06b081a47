namespace RemoteStore.Ruler.Evaluation;

/// <summary>How the last evaluation of a rule went. Immutable.</summary>
/// <param name="Health">Whether well.</param>
/// <param name="LastError">What went wrong, or null.</param>
/// <param name="EvaluatedAtMs">When it began by the clock, milliseconds since the Unix epoch; 0 before the first.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Samples">Series of a recording rule, samples of <c>ALERTS</c> and <c>ALERTS_FOR_STATE</c> of an alerting rule.</param>
public sealed record RuleStatus(RuleHealth Health, string? LastError, long EvaluatedAtMs, TimeSpan Duration, int Samples)
{
    /// <summary>Before the first evaluation.</summary>
    public static RuleStatus None { get; } = new(RuleHealth.Unknown, null, 0, TimeSpan.Zero, 0);
}
