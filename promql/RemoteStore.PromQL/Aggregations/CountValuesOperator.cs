using System.Text;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Aggregations;

/// <summary><c>count_values</c>: how many series of each group have each value, which becomes a label.</summary>
internal sealed class CountValuesOperator(QueryContext query, SeriesOperator input, string label, IReadOnlyList<string> names, bool without)
    : BlockingOperator(query, input.Grid)
{
    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        await input.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        byte[] name = Encoding.UTF8.GetBytes(label);
        using var grouping = new Grouping(Query, without ? names : [.. names, label], without);
        var editor = new LabelEditor();
        Result = new RowStore(Query, Grid.Count);
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (input.TryNext(row))
            {
                Count(row, name, editor, grouping);
            }
        }
    }

    private void Count(StepSeries row, byte[] name, LabelEditor editor, Grouping grouping)
    {
        int target = -1;
        double before = 0;
        for (int step = Presence.Next(row.Present, 0); step >= 0; step = Presence.Next(row.Present, step + 1))
        {
            double value = row.Values[step];
            bool isHistogram = row.Histogram(step) is not null;
            if (target < 0 || isHistogram || BitConverter.DoubleToInt64Bits(value) != BitConverter.DoubleToInt64Bits(before))
            {
                string text = row.Histogram(step) is { } histogram ? HistogramDescription.Of(histogram) : GoFloat.Plain(value);
                editor.Begin(row.Labels);
                editor.Set(name, Encoding.UTF8.GetBytes(text));
                int group = grouping.GroupOf(editor.Finish());
                target = group < Result!.Count ? group : Result.Add(grouping.Labels(group), dropName: false);
                before = value;
            }

            double count = Result!.Has(target, step) ? Result.Values(target)[step] : 0;
            Result.Set(target, step, count + 1, null);
            target = isHistogram ? -1 : target;
        }
    }
}
