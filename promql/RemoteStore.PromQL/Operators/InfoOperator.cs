using System.Runtime.InteropServices;
using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Windowed;
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
/// <param name="meter">Counts the samples of info series that are looked at.</param>
/// <param name="place">The call in the query.</param>
internal sealed class InfoOperator(
    QueryContext query, SeriesOperator input, IReadOnlyList<LabelMatcher>? matchers, SelectorWindow window, SampleMeter meter, SelectorPlace place)
    : SeriesOperator(query, input.Grid)
{
    private const int NotRead = -1;
    private const int IsInfoItself = -2;

    private static readonly string[] s_identifying = ["instance", "job"];
    private static readonly LabelNameList s_identity = new(s_identifying);

    private readonly List<LabelMatcher> _nameMatchers = NameMatchers(matchers);

    private readonly List<LabelMatcher> _dataMatchers = [.. (matchers ?? []).Where(static m => m.Name != LabelSet.MetricName)];
    private readonly LabelEditor _editor = new();
    private readonly LabelEditor _added = new();
    private readonly List<int> _active = [];
    private readonly List<int> _used = [];
    private RowStore? _rows;
    private InfoSeries? _infos;
    private RepeatGuard? _guard;
    private ulong[] _rest = [];
    private int _row = NotRead;

    /// <inheritdoc/>
    public override SeriesTraits Traits => RepeatGuard.TraitsOver(Grid);

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_row == NotRead)
        {
            _rows = await RowStore.ReadAllAsync(Query, input, cancellationToken).ConfigureAwait(false);
            _infos = new InfoSeries(Query, s_identity, await ReadInfosAsync(_rows, cancellationToken).ConfigureAwait(false));
            _infos.Index();
            _guard = new RepeatGuard(Query, Grid);
            _rest = Query.Memory.RentWords(Grid.Words);
            BeginRow(0);
        }

        return _row < _rows!.Count;
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (_row < _rows!.Count)
        {
            if (Presence.IsEmpty(_rest))
            {
                BeginRow(_row + 1);
                continue;
            }

            Query.ThrowIfCancelled();
            if (TryPiece(row))
            {
                _guard!.Pass(row);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        _rows?.Dispose();
        _infos?.Dispose();
        _guard?.Dispose();
        Query.Memory.Return(_rest);
        _rest = [];
        return input.DisposeAsync();
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
        var selector = new InstantSelector(Query, Grid, new SeriesSelection(wanted, "info") { Meter = meter, Place = place }, window, SelectorOutput.InfoTime);
        await using (selector.ConfigureAwait(false))
        {
            return await RowStore.ReadAllAsync(Query, selector, cancellationToken).ConfigureAwait(false);
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

    private void BeginRow(int row)
    {
        _row = row;
        if (row < _rows!.Count)
        {
            _rows.Present(row).CopyTo(_rest);
        }
    }

    /// <summary>Takes the steps of the current series at which the same info series belong to it; false when a matcher drops them.</summary>
    private bool TryPiece(StepSeries target)
    {
        RowStore rows = _rows!;
        RowStore infos = _infos!.Rows;
        bool ignored = IsInfo(rows.Labels(_row));
        int candidates = ignored ? IsInfoItself : _infos.Find(_editor.With(rows.Labels(_row), s_identity));
        bool begun = false;
        bool kept = false;
        for (int step = Presence.Next(_rest, 0); step >= 0; step = Presence.Next(_rest, step + 1))
        {
            Activate(infos, candidates, step);
            if (!begun)
            {
                begun = true;
                _used.Clear();
                _used.AddRange(_active);
                kept = TryBegin(target, ignored);
            }
            else if (!CollectionsMarshal.AsSpan(_used).SequenceEqual(CollectionsMarshal.AsSpan(_active)))
            {
                continue;
            }

            Presence.Clear(_rest, step);
            if (!kept)
            {
                continue;
            }

            if (rows.Histograms(_row)?[step] is { } histogram)
            {
                target.Set(step, histogram);
            }
            else
            {
                target.Set(step, rows.Values(_row)[step]);
            }
        }

        return kept;
    }

    /// <summary>The info series with a value at a step, of each metric the latest.</summary>
    private void Activate(RowStore infos, int candidates, int step)
    {
        List<int> active = _active;
        active.Clear();
        for (int info = candidates; info >= 0; info = _infos!.Next(info))
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

    /// <summary>Names a piece of the current series; false when it is dropped for want of data labels.</summary>
    private bool TryBegin(StepSeries target, bool ignored)
    {
        ReadOnlySpan<byte> labels = _rows!.Labels(_row);
        bool dropName = _rows.DropName(_row);
        if (ignored || _active.Count == 0)
        {
            target.Begin(labels, dropName);
            return ignored || _dataMatchers.TrueForAll(static m => m.MatchesEmpty);
        }

        _added.Begin([]);
        _editor.Begin(labels);
        foreach (int info in _active)
        {
            AddLabels(labels, _infos!.Rows.Labels(info));
        }

        target.Begin(_editor.Finish(), dropName);
        return true;
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
