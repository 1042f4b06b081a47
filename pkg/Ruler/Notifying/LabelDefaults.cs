using RemoteStore.Model.Labels;

namespace RemoteStore.Ruler.Notifying;

/// <summary>Labels that label sets get which do not have them.</summary>
/// <param name="labels">By name, each once.</param>
internal sealed class LabelDefaults(IReadOnlyList<KeyValuePair<string, string>> labels)
{
    /// <summary>The set with the labels that it lacks.</summary>
    public LabelSet AddTo(LabelSet set)
    {
        if (labels.Count == 0)
        {
            return set;
        }

        IReadOnlyList<KeyValuePair<string, string>> own = set.ToPairs();
        var names = own.Select(static label => label.Key).ToHashSet(StringComparer.Ordinal);
        return LabelSet.FromPairs([.. own, .. labels.Where(label => !names.Contains(label.Key))]);
    }
}
