using RemoteStore.Index.Postings;
using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Index.Selection;

/// <summary>
/// Answers matchers: the most selective list gives the candidates, then each other matcher thins them out by its lists or, when that is cheaper, by
/// looking at the candidates' labels. Patterns that need a scan of all values come last, when few candidates may spare it.
/// </summary>
internal sealed class Selector(InvertedIndex index, uint upTo, ILabelSource labels, CancellationToken cancellationToken)
{
    // Relative costs, near nanoseconds: a walk over one series' labels, a ref read from a list, a value fetched and matched.
    private const long TestCost = 150;
    private const long RefCost = 1;
    private const long ListCost = 60;
    private const long ValueCost = 200;
    private const int CheckEvery = 4096;

    /// <summary>Refs that satisfy all matchers, ascending.</summary>
    public uint[] Select(IReadOnlyList<LabelMatcher> matchers)
    {
        var plans = new List<MatcherPlan>(matchers.Count);
        foreach (LabelMatcher matcher in matchers)
        {
            if (MatcherPlan.Create(index, matcher) is { } plan)
            {
                if (plan.SelectsNothing)
                {
                    return [];
                }

                plans.Add(plan);
            }
        }

        MatcherPlan? first = plans.Where(static p => p.Keep).OrderBy(ResolveCost).FirstOrDefault();
        uint[] refs = first is null ? RefSets.Decode(index.All(), upTo) : Resolve(first);
        int count = refs.Length;
        plans.Remove(first!);
        foreach (MatcherPlan plan in plans.OrderBy(ResolveCost).ThenBy(static p => p.Keep ? 0 : 1))
        {
            if (count == 0)
            {
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            count = Apply(plan, refs.AsSpan(0, count));
        }

        return count == refs.Length ? refs : refs[..count];
    }

    private static long ResolveCost(MatcherPlan plan) => plan.Lists is null
        ? plan.Values.Count * (ValueCost + ListCost)
        : (plan.Series * RefCost) + (plan.Lists.Length * ListCost);

    private uint[] Resolve(MatcherPlan plan)
    {
        if (plan.Lists is { Length: 1 } single)
        {
            return RefSets.Decode(single[0], upTo);
        }

        return Union(plan).ToArray();
    }

    private int Apply(MatcherPlan plan, Span<uint> refs)
    {
        if (refs.Length * TestCost < ResolveCost(plan))
        {
            return Test(plan.Matcher, refs);
        }

        if (plan.Lists is { Length: 1 } single)
        {
            PostingsRuns runs = single[0].Runs(upTo);
            return plan.Keep ? RefSets.Intersect(refs, runs) : RefSets.Subtract(refs, runs);
        }

        return Union(plan).Filter(refs, plan.Keep);
    }

    private RefBitmap Union(MatcherPlan plan)
    {
        var union = new RefBitmap(upTo);
        if (plan.Lists is not null)
        {
            foreach (PostingsList list in plan.Lists)
            {
                union.Add(list);
            }

            return union;
        }

        int seen = 0;
        ValueWalk values = plan.Values;
        while (values.MoveNext())
        {
            if (++seen % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (plan.Matcher.Matches(values.Value.Span) == plan.Keep)
            {
                union.Add(index.SeriesOf(values.Pair));
            }
        }

        return union;
    }

    private int Test(LabelMatcher matcher, Span<uint> refs)
    {
        int kept = 0;
        for (int i = 0; i < refs.Length; i++)
        {
            if (i % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            uint r = refs[i];
            if (matcher.Matches(LabelSet.GetValue(labels.GetLabels(new SeriesRef(r)), matcher.NameUtf8.Span)))
            {
                refs[kept++] = r;
            }
        }

        return kept;
    }
}
