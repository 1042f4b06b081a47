using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Storage.Deleting;

/// <summary>Samples that are to be gone: those in a range of the series that satisfy all matchers.</summary>
/// <param name="Matchers">At least one; a missing label matches as the empty value.</param>
/// <param name="Range">Times, inclusive, milliseconds since the Unix epoch.</param>
public sealed record SeriesDeletion(IReadOnlyList<LabelMatcher> Matchers, QueryRange Range)
{
    /// <summary>True when the series satisfies all matchers.</summary>
    /// <param name="labels">Canonical label bytes.</param>
    public bool Matches(ReadOnlySpan<byte> labels)
    {
        foreach (LabelMatcher matcher in Matchers)
        {
            if (!matcher.Matches(LabelSet.GetValue(labels, matcher.NameUtf8.Span)))
            {
                return false;
            }
        }

        return true;
    }
}
