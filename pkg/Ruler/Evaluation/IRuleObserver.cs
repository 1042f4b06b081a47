using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>Watches evaluations: metrics, logs, and the telling of alerts. Must not block.</summary>
public interface IRuleObserver
{
    /// <summary>The query of a rule has been answered and its alerts are up to date; what it writes is not yet stored. Not called when it failed.</summary>
    /// <param name="group">The group.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="timestampMs">For when it was evaluated, milliseconds since the Unix epoch.</param>
    void Evaluated(RuleGroup group, RuleState rule, long timestampMs);

    /// <summary>An evaluation of a rule is over.</summary>
    /// <param name="group">The group.</param>
    /// <param name="rule">The rule; its status tells how it went.</param>
    /// <param name="timestampMs">For when it was evaluated, milliseconds since the Unix epoch.</param>
    void Finished(RuleGroup group, RuleState rule, long timestampMs);

    /// <summary>Samples of a rule were refused, or could not be stored.</summary>
    /// <param name="group">The group.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="refused">How many.</param>
    /// <param name="reason">Why.</param>
    void Refused(RuleGroup group, RuleState rule, long refused, string reason);

    /// <summary>
    /// The query of a rule was answered with warnings that the last answer did not have: samples that cannot be read, say. The rule goes by the answer.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="warnings">The warnings.</param>
    void Warned(RuleGroup group, RuleState rule, string warnings);

    /// <summary>A template of an alert could not be expanded; the alert has the error in its place.</summary>
    /// <param name="group">The group.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="name">Label or annotation.</param>
    /// <param name="reason">Why.</param>
    void TemplateFailed(RuleGroup group, RuleState rule, string name, string reason);
}
