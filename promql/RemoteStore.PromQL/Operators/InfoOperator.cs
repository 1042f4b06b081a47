using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// <c>info(v, {…})</c>: adds to each series the data labels of the info series with the same <c>instance</c> and <c>job</c>. Which info series exist is known
/// only when the series are, so that its selector is made here.
/// </summary>
/// <param name="query">The query.</param>
/// <param name="input">The series to enrich.</param>
/// <param name="matchers">Matchers of the second argument; null when it is left out.</param>
/// <param name="window">When the info series are looked at.</param>
internal sealed class InfoOperator(QueryContext query, SeriesOperator input, IReadOnlyList<LabelMatcher>? matchers, SelectorWindow window)
    : BlockingOperator(query, input.Grid)
{
    private static readonly string[] s_identifying = ["instance", "job"];
    private static readonly LabelNameList s_identity = new(s_identifying);

    private readonly List<LabelMatcher> _nameMatchers = NameMatchers(matchers);

    private readonly List<LabelMatcher> _dataMatchers = [.. (matchers ?? []).Where(static m => m.Name != LabelSet.MetricName)];
    private readonly LabelEditor _editor = new();
    private readonly LabelEditor _added = new();

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        await input.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        using RowStore rows = await ReadAllAsync(input, cancellationToken).ConfigureAwait(false);
        using RowStore infos = await ReadInfosAsync(rows, cancellationToken).ConfigureAwait(false);
        using var table = new LabelTable(Query);
        var byIdentity = new List<List<int>>();
        for (int info = 0; info < infos.Count; info++)
        {
            int number = table.GetOrAdd(_editor.With(infos.Labels(info), s_identity));
            if (number == byIdentity.Count)
            {
                byIdentity.Add([]);
            }

            byIdentity[number].Add(info);
        }

        using var merge = new SeriesMerge(Query, Grid);
        Result = merge.Rows;
        for (int row = 0; row < rows.Count; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int number = IsInfo(rows.Labels(row)) ? -2 : table.Find(_editor.With(rows.Labels(row), s_identity));
            Enrich(rows, row, infos, number >= 0 ? byIdentity[number] : [], ignored: number == -2, merge);
        }
    }

    /// <summary>Which metrics are info metrics: <c>target_info</c> when nothing is said, and any <c>…_info</c> when only exceptions are named.</summary>
    private static List<LabelMatcher> NameMatchers(IReadOnlyList<LabelMatcher>? matchers)
    {
        List<LabelMatcher> names = [.. (matchers ?? []).Where(static m => m.Name == LabelSet.MetricName)];
        if (names.Count == 0)
        {
            names.Add(new LabelMatcher(MatchType.Equal, LabelSet.MetricName, "target_info"));
        }
        else if (names.TrueForAll(static m => m.Type is MatchType.NotEqual or MatchType.NotRegexp))
        {
            names.Add(new LabelMatcher(MatchType.Regexp, LabelSet.MetricName, ".+_info"));
        }

        return names;
    }

    private bool IsInfo(ReadOnlySpan<byte> labels)
    {
        foreach (LabelMatcher matcher in _nameMatchers)
        {
            if (!matcher.Matches(LabelSet.GetValue(labels, "__name__"u8)))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<RowStore> ReadInfosAsync(RowStore rows, CancellationToken cancellationToken)
    {
        List<LabelMatcher> wanted = IdentityMatchers(rows);
        if (wanted.Count == 0)
        {
            return new RowStore(Query, Grid.Count);
        }

        wanted.AddRange(_dataMatchers);
        wanted.AddRange(_nameMatchers);
        var selector = new InstantSelector(Query, Grid, new SeriesSelection(wanted, "info"), window, SelectorOutput.InfoTime);
        await using (selector.ConfigureAwait(false))
        {
            return await ReadAllAsync(selector, cancellationToken).ConfigureAwait(false);
        }
    }

    private List<LabelMatcher> IdentityMatchers(RowStore rows)
    {
        var found = new List<LabelMatcher>();
        foreach (string label in s_identifying)
        {
            byte[] name = Encoding.UTF8.GetBytes(label);
            var values = new SortedSet<string>(StringComparer.Ordinal);
            for (int row = 0; row < rows.Count; row++)
            {
                ReadOnlySpan<byte> value = LabelSet.GetValue(rows.Labels(row), name);
                if (!value.IsEmpty && !IsInfo(rows.Labels(row)))
                {
                    values.Add(Encoding.UTF8.GetString(value));
                }
            }

            if (values.Count > 0)
            {
                found.Add(new LabelMatcher(MatchType.Regexp, label, string.Join('|', values.Select(QuoteMeta))));
            }
        }

        return found;
    }

    private static string QuoteMeta(string text)
    {
        var quoted = new StringBuilder();
        foreach (char c in text)
        {
            if (@"\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal))
            {
                quoted.Append('\\');
            }

            quoted.Append(c);
        }

        return quoted.ToString();
    }

    private void Enrich(RowStore rows, int row, RowStore infos, List<int> candidates, bool ignored, SeriesMerge merge)
    {
        int target = -1;
        List<int>? used = null;
        var active = new List<int>();
        for (int step = Presence.Next(rows.Present(row), 0); step >= 0; step = Presence.Next(rows.Present(row), step + 1))
        {
            Activate(infos, candidates, step, active);
            if (used is null || !used.SequenceEqual(active))
            {
                used = [.. active];
                target = Target(rows, row, infos, active, ignored, merge);
            }

            if (target >= 0)
            {
                merge.Set(target, step, rows.Values(row)[step], rows.Histograms(row)?[step]);
            }
        }
    }

    /// <summary>The info series with a value at a step, of each metric the latest.</summary>
    private static void Activate(RowStore infos, List<int> candidates, int step, List<int> active)
    {
        active.Clear();
        foreach (int info in candidates)
        {
            if (!infos.Has(info, step))
            {
                continue;
            }

            ReadOnlySpan<byte> name = LabelSet.GetValue(infos.Labels(info), "__name__"u8);
            int same = -1;
            for (int i = 0; i < active.Count; i++)
            {
                same = LabelSet.GetValue(infos.Labels(active[i]), "__name__"u8).SequenceEqual(name) ? i : same;
            }

            if (same < 0)
            {
                active.Add(info);
                continue;
            }

            double known = infos.Values(active[same])[step];
            double time = infos.Values(info)[step];
            if (known == time)
            {
                throw QueryException.Execution(
                    $"found duplicate series for info metric: existing {GoText.Labels(infos.Labels(active[same]))} @ {GoFloat.Plain(known)}, new {GoText.Labels(infos.Labels(info))} @ {GoFloat.Plain(time)}");
            }

            active[same] = known > time ? active[same] : info;
        }
    }

    private int Target(RowStore rows, int row, RowStore infos, List<int> active, bool ignored, SeriesMerge merge)
    {
        ReadOnlySpan<byte> labels = rows.Labels(row);
        if (ignored)
        {
            return merge.Row(labels, rows.DropName(row));
        }

        if (active.Count == 0)
        {
            return _dataMatchers.TrueForAll(static m => m.MatchesEmpty) ? merge.Row(labels, rows.DropName(row)) : -1;
        }

        _added.Begin([]);
        _editor.Begin(labels);
        foreach (int info in active)
        {
            AddLabels(labels, infos.Labels(info));
        }

        return merge.Row(_editor.Finish(), rows.DropName(row));
    }

    private void AddLabels(ReadOnlySpan<byte> own, ReadOnlySpan<byte> info)
    {
        foreach (LabelPair label in new LabelEnumerator(info))
        {
            if (label.Name.SequenceEqual("__name__"u8) || !IsWanted(label.Name))
            {
                continue;
            }

            ReadOnlySpan<byte> added = _added.Get(label.Name);
            if (!added.IsEmpty && !added.SequenceEqual(label.Value))
            {
                throw QueryException.Execution($"conflicting label: {Encoding.UTF8.GetString(label.Name)}");
            }

            if (LabelSet.GetValue(own, label.Name).IsEmpty)
            {
                _added.Set(label.Name, label.Value);
                _editor.Set(label.Name, label.Value);
            }
        }
    }

    private bool IsWanted(ReadOnlySpan<byte> name)
    {
        foreach (LabelMatcher matcher in _dataMatchers)
        {
            if (matcher.NameUtf8.Span.SequenceEqual(name))
            {
                return true;
            }
        }

        return _dataMatchers.Count == 0;
    }
}
