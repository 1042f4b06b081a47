using RemoteStore.Index.Postings;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Regexp;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Index.Selection;

/// <summary>How one matcher is answered: which lists to take, and whether series in them stay or go.</summary>
internal sealed class MatcherPlan
{
    private MatcherPlan(LabelMatcher matcher, bool keep, PostingsList[]? lists, bool nothing, ValueWalk values)
    {
        Matcher = matcher;
        Keep = keep;
        Lists = lists;
        SelectsNothing = nothing;
        Values = values;
        foreach (PostingsList list in lists ?? [])
        {
            Series += list.Count;
        }
    }

    /// <summary>The matcher.</summary>
    public LabelMatcher Matcher { get; }

    /// <summary>True when series in the lists stay; false when they go, as for matchers that a missing label satisfies.</summary>
    public bool Keep { get; }

    /// <summary>The lists, disjoint because a series has one value per name; null when the values must be scanned first.</summary>
    public PostingsList[]? Lists { get; }

    /// <summary>Refs in <see cref="Lists"/>.</summary>
    public long Series { get; }

    /// <summary>True when no series can satisfy the matcher.</summary>
    public bool SelectsNothing { get; }

    /// <summary>The label's values, for scanning.</summary>
    public ValueWalk Values { get; }

    /// <summary>Plans a matcher; null when every series satisfies it.</summary>
    public static MatcherPlan? Create(InvertedIndex index, LabelMatcher matcher)
    {
        bool keep = !matcher.MatchesEmpty;
        bool known = index.TryFindName(matcher.NameUtf8.Span, out PostingsList withLabel, out ValueWalk values);
        if (!known)
        {
            return keep ? new MatcherPlan(matcher, true, [], true, default) : null;
        }

        PostingsList[]? lists = matcher.Type switch
        {
            MatchType.Equal => [matcher.Value.Length == 0 ? withLabel : Lookup(index, matcher, matcher.ValueUtf8.Span)],
            MatchType.NotEqual => [matcher.Value.Length == 0 ? withLabel : Lookup(index, matcher, matcher.ValueUtf8.Span)],
            MatchType.Regexp => Regexp(index, matcher, withLabel, keep),
            _ => Regexp(index, matcher, withLabel, !keep),
        };
        long series = lists?.Sum(static list => list.Count) ?? 1;
        return series > 0 ? new MatcherPlan(matcher, keep, lists, false, values)
            : keep ? new MatcherPlan(matcher, true, [], true, default)
            : null;
    }

    /// <summary>Lists of a pattern without looking at all values; null when that is not possible.</summary>
    /// <param name="index">Where to look.</param>
    /// <param name="matcher">A regular expression matcher.</param>
    /// <param name="withLabel">Series that have the label.</param>
    /// <param name="matched">True when the lists are to hold what the bare pattern matches, false when what it does not match.</param>
    private static PostingsList[]? Regexp(InvertedIndex index, LabelMatcher matcher, PostingsList withLabel, bool matched)
    {
        Re2Regex pattern = matcher.Regex!;
        if (pattern.MatchesEverything || pattern.MatchesEverythingButEmpty)
        {
            return matched ? [withLabel] : [];
        }

        if (pattern.SetMatches is not { } set || (!matched && set.Any(static v => v.Length > 0)))
        {
            return null;
        }

        if (!matched)
        {
            return [withLabel]; // matches nothing, or the empty value alone
        }

        var lists = new List<PostingsList>(set.Count);
        foreach (byte[] value in set)
        {
            PostingsList list = value.Length == 0 ? default : Lookup(index, matcher, value);
            if (list.Count > 0)
            {
                lists.Add(list);
            }
        }

        return [.. lists];
    }

    private static PostingsList Lookup(InvertedIndex index, LabelMatcher matcher, ReadOnlySpan<byte> value)
    {
        int length = LabelSetBuilder.FieldLength(matcher.NameUtf8.Length, value.Length);
        byte[] field = new byte[length];
        LabelSetBuilder.WriteField(field, matcher.NameUtf8.Span, value);
        return index.SeriesOf(field);
    }
}
