using RemoteStore.Model.Labels;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>
/// A rule that is evaluated again and again. One evaluation at a time; what it tells may be read by others meanwhile.
/// </summary>
public abstract class RuleState
{
    private volatile RuleStatus _status = RuleStatus.None;
    private string _warnings = ""; // of the last answer

    private protected RuleState(Rule rule) => Rule = rule;

    /// <summary>The rule.</summary>
    public Rule Rule { get; }

    /// <summary>How the last evaluation went.</summary>
    public RuleStatus Status => _status;

    /// <summary>Series that the last evaluation wrote.</summary>
    internal HashSet<LabelSet> Written { get; private set; } = [];

    /// <summary>Evaluates the rule; what it returns is to be written.</summary>
    /// <param name="queries">Answers its queries.</param>
    /// <param name="run">For when, and what surrounds it.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    internal abstract ValueTask<List<RuleSample>> EvaluateAsync(RuleQueries queries, RuleRun run, CancellationToken cancellationToken);

    /// <summary>Goes on where the same rule of an earlier configuration is.</summary>
    internal virtual void TakeOver(RuleState earlier)
    {
        Written = earlier.Written;
        _status = earlier.Status;
    }

    /// <summary>Tells warnings of a query once, not at every evaluation.</summary>
    private protected void NoteWarnings(IReadOnlyList<string> warnings, RuleRun run)
    {
        string text = string.Join("; ", warnings);
        if (text != _warnings && text.Length > 0)
        {
            run.Warned?.Invoke(text);
        }

        _warnings = text;
    }

    internal void Report(RuleStatus status) => _status = status;

    internal void Wrote(HashSet<LabelSet> series) => Written = series;
}
