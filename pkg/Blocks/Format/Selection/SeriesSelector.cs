using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model.Labels;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Format.Selection;

/// <summary>
/// Answers matchers: those whose values are known go first, by their lists; patterns over many values come last, when few candidates may spare the walk
/// over all values. A missing label counts as an empty value.
/// </summary>
internal sealed class SeriesSelector(IndexReader index, IndexDirectory directory)
{
    // Relative costs, near nanoseconds: reading one candidate's labels, and matching one value and reading its list.
    private const long TestCost = 400;
    private const long ValueCost = 250;

    private readonly PairLookup _pairs = new(index, directory);

    /// <summary>Series that satisfy all matchers.</summary>
    public async ValueTask<SeriesRuns> SelectAsync(IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        SeriesRuns found = SeriesRuns.All(directory.Footers.Series);
        var late = new List<(LabelMatcher Matcher, int Name)>();
        foreach (LabelMatcher matcher in matchers)
        {
            int name = directory.FindName(matcher.NameUtf8.Span);
            if (name < 0)
            {
                if (!matcher.MatchesEmpty)
                {
                    return SeriesRuns.Empty;
                }
            }
            else if (ExactOf(matcher) is { } exact)
            {
                SeriesRuns lists = await UnionAsync(name, exact, cancellationToken).ConfigureAwait(false);
                found = matcher.MatchesEmpty ? found.Subtract(lists) : found.Intersect(lists);
            }
            else
            {
                late.Add((matcher, name));
            }

            if (found.Count == 0)
            {
                return SeriesRuns.Empty;
            }
        }

        foreach ((LabelMatcher matcher, int name) in late.OrderBy(m => directory.EndPair(m.Name) - directory.FirstPair(m.Name)))
        {
            found = await ApplyAsync(found, matcher, name, cancellationToken).ConfigureAwait(false);
            if (found.Count == 0)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>
    /// Values whose series stay (or go, for a matcher that the empty value satisfies) when they can be told without looking at all values; a value of null
    /// in it stands for all series that have the label.
    /// </summary>
    private static IReadOnlyList<byte[]?>? ExactOf(LabelMatcher matcher)
    {
        if (matcher.Type is MatchType.Equal or MatchType.NotEqual)
        {
            // x="v" and x!="v" name the value; x="" and x!="" ask for the label as such.
            return [matcher.ValueUtf8.IsEmpty ? null : matcher.ValueUtf8.ToArray()];
        }

        bool matched = DecidedByMatches(matcher);
        if (matcher.Regex!.MatchesEverything || matcher.Regex.MatchesEverythingButEmpty)
        {
            return matched ? [null] : [];
        }

        if (matcher.Regex.SetMatches is not { } set || (!matched && set.Any(static value => value.Length > 0)))
        {
            return null;
        }

        return matched ? [.. set.Where(static value => value.Length > 0)] : [null];
    }

    /// <summary>True when the series to keep or to drop are those whose value the pattern matches; false when those whose value it does not match.</summary>
    private static bool DecidedByMatches(LabelMatcher matcher) => matcher.Type == MatchType.Regexp != matcher.MatchesEmpty;

    private async ValueTask<SeriesRuns> UnionAsync(int name, IReadOnlyList<byte[]?> values, CancellationToken cancellationToken)
    {
        if (values.Count == 1)
        {
            return await ListAsync(name, values[0], cancellationToken).ConfigureAwait(false);
        }

        var union = new SeriesRuns.Union(directory.Footers.Series);
        foreach (byte[]? value in values)
        {
            union.Add(await ListAsync(name, value, cancellationToken).ConfigureAwait(false));
        }

        return union.Build();
    }

    private async ValueTask<SeriesRuns> ListAsync(int name, byte[]? value, CancellationToken cancellationToken)
    {
        int pair = value is null ? directory.FirstPair(name) : await _pairs.FindAsync(name, value, cancellationToken).ConfigureAwait(false);
        return pair < 0 ? SeriesRuns.Empty : await _pairs.ReadListAsync(pair, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<SeriesRuns> ApplyAsync(SeriesRuns found, LabelMatcher matcher, int name, CancellationToken cancellationToken)
    {
        int from = directory.FirstPair(name) + 1;
        int end = directory.EndPair(name);
        if (DecidedByMatches(matcher) && !matcher.Regex!.Prefix.IsEmpty)
        {
            (from, end) = await _pairs.WithPrefixAsync(name, matcher.Regex.Prefix, cancellationToken).ConfigureAwait(false);
        }

        if (found.Count * TestCost < (end - from) * ValueCost)
        {
            return await TestAsync(found, matcher, name, cancellationToken).ConfigureAwait(false);
        }

        // The lists of all values that decide: those that match, or, when series without the label stay, those that do not.
        var union = new SeriesRuns.Union(directory.Footers.Series);
        for (int pair = from; pair < end;)
        {
            PairFrame frame = await _pairs.FrameAsync(pair, cancellationToken).ConfigureAwait(false);
            int frameEnd = Math.Min(end, frame.FirstPair + frame.Count);
            for (; pair < frameEnd; pair++)
            {
                if (matcher.Matches(frame.Value(pair)) != matcher.MatchesEmpty)
                {
                    union.Add(await _pairs.ReadListAsync(pair, cancellationToken).ConfigureAwait(false));
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        SeriesRuns lists = union.Build();
        return matcher.MatchesEmpty ? found.Subtract(lists) : found.Intersect(lists);
    }

    private async ValueTask<SeriesRuns> TestAsync(SeriesRuns found, LabelMatcher matcher, int name, CancellationToken cancellationToken)
    {
        var labels = new LabelReader(index, directory);
        var result = new SeriesRuns.Builder(found.RunCount);
        for (int run = 0; run < found.RunCount; run++)
        {
            for (int series = found.Start(run); series < found.End(run);)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int end = Math.Min(found.End(run), LabelReader.FrameEnd(series));
                await labels.LoadAsync(series, end, cancellationToken).ConfigureAwait(false);
                for (; series < end; series++)
                {
                    if (matcher.Matches(ValueOf(labels, series, name)))
                    {
                        result.Add(series, series + 1);
                    }
                }
            }
        }

        return result.Build();
    }

    private ReadOnlySpan<byte> ValueOf(LabelReader labels, int series, int name)
    {
        foreach (int pair in labels.PairsOf(series))
        {
            if (pair >= directory.FirstPair(name))
            {
                return pair < directory.EndPair(name) ? labels.Value(pair) : [];
            }
        }

        return [];
    }
}
