using System.Buffers.Binary;
using System.Text;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Aggregations;

/// <summary>
/// <c>count_values</c>: how many series of each group have each value, which becomes a label. Held are the counts. A value is written out once for each group.
/// </summary>
internal sealed class CountValuesOperator(QueryContext query, SeriesOperator input, string label, IReadOnlyList<string> names, bool without)
    : BlockingOperator(query, input.Grid)
{
    private const int None = -1;

    private readonly byte[] _name = Encoding.UTF8.GetBytes(label);
    private readonly LabelEditor _editor = new();
    private readonly byte[] _key = new byte[sizeof(int) + sizeof(long)];

    /// <summary>Groups of results: the labels that stay, with the value.</summary>
    private readonly Grouping _results = new(query, without ? names : [.. names, label], without);

    /// <summary>Groups of series: the same labels without the value.</summary>
    private readonly Grouping _groups = new(query, without ? [.. names, label] : [.. names.Where(name => name != label)], without);

    private LabelTable? _known;
    private int[] _targets = [];

    /// <inheritdoc/>
    public override SeriesTraits Traits => _results.IsNameless ? SeriesTraits.Distinct | SeriesTraits.OneName : SeriesTraits.Distinct;

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        _results.Dispose();
        _groups.Dispose();
        _known?.Dispose();
        Query.Memory.Return(_targets);
        _targets = [];
        await input.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        Result = new RowStore(Query, Grid.Count);
        _known = new LabelTable(Query);
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (input.TryNext(row))
            {
                Query.ThrowIfCancelled();
                Count(row);
            }
        }
    }

    private void Count(StepSeries row)
    {
        int group = _groups.GroupOf(row.Labels);
        int target = None;
        long before = 0;
        for (int step = Presence.Next(row.Present, 0); step >= 0; step = Presence.Next(row.Present, step + 1))
        {
            if (row.Histogram(step) is { } histogram)
            {
                Add(Row(row.Labels, HistogramDescription.Of(histogram)), step);
                continue;
            }

            long bits = BitConverter.DoubleToInt64Bits(row.Values[step]);
            if (target == None || bits != before)
            {
                target = Row(group, bits, row.Labels);
                before = bits;
            }

            Add(target, step);
        }
    }

    private void Add(int target, int step)
    {
        double count = Result!.Has(target, step) ? Result.Values(target)[step] : 0;
        Result.Set(target, step, count + 1, null);
    }

    /// <summary>The result row of a value in a group.</summary>
    private int Row(int group, long bits, ReadOnlySpan<byte> labels)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_key, group);
        BinaryPrimitives.WriteInt64LittleEndian(_key.AsSpan(sizeof(int)), bits);
        int known = _known!.Count;
        int number = _known.GetOrAdd(_key);
        if (number == known)
        {
            if (number >= _targets.Length)
            {
                Query.Memory.Grow(ref _targets, number, number + 1L);
            }

            Query.ThrowIfCancelled();
            _targets[number] = Row(labels, GoFloat.Plain(BitConverter.Int64BitsToDouble(bits)));
        }

        return _targets[number];
    }

    private int Row(ReadOnlySpan<byte> labels, string text)
    {
        _editor.Begin(labels);
        _editor.Set(_name, Encoding.UTF8.GetBytes(text));
        int group = _results.GroupOf(_editor.Finish());
        return group < Result!.Count ? group : Result.Add(_results.Labels(group), dropName: false);
    }
}
