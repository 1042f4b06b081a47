using RemoteStore.Model.Labels;

namespace RemoteStore.Model.Relabeling;

/// <summary>Rules of Prometheus' relabelling, applied in order. Holds scratch: not safe for concurrent use, one is made for each thread that relabels.</summary>
public sealed class Relabeler
{
    private readonly RelabelRule[] _rules;
    private readonly LabelEdits _labels = new();

    /// <summary>Makes the rules ready.</summary>
    /// <exception cref="ArgumentException">A rule is not valid; <see cref="RelabelConfig.Validate"/> tells before.</exception>
    public Relabeler(IReadOnlyList<RelabelConfig> rules, NameScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _rules = [.. rules.Select(rule => new RelabelRule(rule, scheme))];
    }

    /// <summary>Applies all rules.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="result">What becomes of them: <paramref name="labels"/> itself when nothing changes, else memory of its own.</param>
    /// <returns>False when a rule drops the label set.</returns>
    public bool TryApply(LabelSet labels, out LabelSet result)
    {
        result = labels;
        if (_rules.Length == 0)
        {
            return true;
        }

        _labels.Begin(labels);
        foreach (RelabelRule rule in _rules)
        {
            if (!rule.TryApply(_labels))
            {
                return false;
            }
        }

        result = _labels.ToLabelSet(labels);
        return true;
    }
}
