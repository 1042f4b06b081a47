using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Aggregations;

/// <summary>
/// <c>topk</c> and <c>bottomk</c>: at each step the k best series of each group. Held are the values that are among the best so far, and the labels of their
/// series; a series that no step wants any more is forgotten.
/// </summary>
internal sealed class TopOperator(
    QueryContext query, SeriesOperator input, Grouping grouping, AggregateOperator op, ScalarArguments arguments, int position)
    : SelectionOperator(query, input, arguments)
{
    private const int None = -1;

    private readonly List<RankHeaps> _heaps = [];
    private readonly LabelShelf _labels = new(query.Memory);
    private Ranking? _ranking;
    private long _held;

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row) => _ranking!.TryNext(row);

    /// <inheritdoc/>
    protected override bool Check(out QueryException? fault) => SelectionParameter.CheckCount(Parameter, out fault);

    /// <inheritdoc/>
    protected override async ValueTask<bool> LoadSelectedAsync(CancellationToken cancellationToken)
    {
        if (_ranking is null)
        {
            using var row = new StepSeries(Query.Memory, Grid.Count);
            while (await Input.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (Input.TryNext(row))
                {
                    Query.ThrowIfCancelled();
                    Offer(row);
                }
            }

            _ranking = new Ranking(Query, Grid, _labels);
            _ranking.Read(_heaps);
            DisposeHeaps();
        }

        return _ranking.HasNext;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        DisposeHeaps();
        _ranking?.Dispose();
        _labels.Dispose();
        grouping.Dispose();
        Query.LetGo(_held);
        _held = 0;
        return base.CloseAsync();
    }

    private void DisposeHeaps()
    {
        foreach (RankHeaps heaps in _heaps)
        {
            heaps.Dispose();
        }

        _heaps.Clear();
    }

    private void Offer(StepSeries row)
    {
        int group = grouping.GroupOf(row.Labels);
        if (group == _heaps.Count)
        {
            _heaps.Add(new RankHeaps(Query.Memory, Grid.Count, op == AggregateOperator.TopK));
        }

        RankHeaps heaps = _heaps[group];
        ReadOnlySpan<double> parameter = Parameter;
        int number = None;
        int added = 0;
        for (int step = Presence.Next(row.Present, 0); step >= 0; step = Presence.Next(row.Present, step + 1))
        {
            int k = SelectionParameter.Count(parameter[step]);
            if (k < 1)
            {
                continue;
            }

            if (row.Histogram(step) is not null)
            {
                Query.Annotations.Info(AnnotationText.IgnoredInAggregation(op.Name()), position);
                continue;
            }

            double value = row.Values[step];
            if (!heaps.Admits(step, value, k))
            {
                continue;
            }

            number = number == None ? _labels.Add(row.Labels, row.DropName) : number;
            int left = heaps.Push(step, value, number, k);
            _labels.Hold(number);
            if (left >= 0)
            {
                _labels.LetGo(left);
            }
            else
            {
                added++;
            }
        }

        _held += Query.Hold(added);
    }
}
