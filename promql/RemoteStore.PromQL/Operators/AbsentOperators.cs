using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.PromQL.Operators;

/// <summary><c>absent</c> and <c>absent_over_time</c>: 1 where no series has a value, with the labels that the selector names exactly.</summary>
internal sealed class AbsentOperator(QueryContext query, SeriesOperator input, byte[] labels, bool dropName) : SeriesOperator(query, input.Grid)
{
    private ulong[] _seen = [];
    private int _state;

    /// <inheritdoc/>
    public override SeriesTraits Traits => SeriesTraits.Distinct | SeriesTraits.OneName;

    /// <summary>Labels of the series: those of equality matchers, but for a name with several matchers.</summary>
    public static byte[] LabelsOf(IReadOnlyList<LabelMatcher> matchers)
    {
        var editor = new LabelEditor();
        editor.Begin([]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (LabelMatcher matcher in matchers)
        {
            if (matcher.Name == LabelSet.MetricName)
            {
                continue;
            }

            byte[] name = Encoding.UTF8.GetBytes(matcher.Name);
            if (matcher.Type == MatchType.Equal && seen.Add(matcher.Name))
            {
                editor.Set(name, matcher.ValueUtf8.Span);
            }
            else
            {
                editor.Delete(name);
            }
        }

        return editor.Finish().ToArray();
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_state > 0 || Grid.Count == 0)
        {
            return false;
        }

        _seen = Query.Memory.RentWords(Grid.Words);
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (input.TryNext(row))
            {
                Query.ThrowIfCancelled();
                for (int word = 0; word < Grid.Words; word++)
                {
                    _seen[word] |= row.Present[word];
                }
            }
        }

        _state = 1;
        return true;
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        if (_state != 1)
        {
            return false;
        }

        _state = 2;
        row.Begin(labels, dropName);
        row.Values.Fill(1);
        Presence.Fill(row.Present, Grid.Count);
        for (int word = 0; word < Grid.Words; word++)
        {
            row.Present[word] &= ~_seen[word];
        }

        return !Presence.IsEmpty(row.Present);
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        Query.Memory.Return(_seen);
        _seen = [];
        return input.DisposeAsync();
    }
}
