using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>A group that is evaluated, as it is now.</summary>
/// <param name="Group">The group.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Interval">How often it is evaluated.</param>
/// <param name="Rules">Its rules in order, with their state.</param>
/// <param name="LastEvaluationMs">When the last evaluation began by the clock, milliseconds since the Unix epoch; 0 before the first.</param>
/// <param name="EvaluationTime">How long it took.</param>
public sealed record GroupStatus(
    RuleGroup Group, RuleOrigin Origin, TimeSpan Interval, IReadOnlyList<RuleState> Rules, long LastEvaluationMs, TimeSpan EvaluationTime);
