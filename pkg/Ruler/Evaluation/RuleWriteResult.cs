namespace RemoteStore.Ruler.Evaluation;

/// <summary>What became of samples that a rule wrote.</summary>
/// <param name="Refused">How many were refused: out of order, too old, over a limit; the others are stored.</param>
/// <param name="Reason">Why the first was, or null.</param>
public readonly record struct RuleWriteResult(long Refused, string? Reason);
