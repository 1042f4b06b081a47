using System.Text;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary>What a join yields: makes result labels, merges by them, and finds matches that are not unique.</summary>
internal sealed class JoinOutput : IDisposable
{
    private readonly QueryContext _query;
    private readonly StepGrid _grid;
    private readonly VectorMatching _matching;
    private readonly MatchSignature _signature;
    private readonly bool _dropsName;
    private readonly bool _returnBool;
    private readonly LabelEditor _editor = new();
    private readonly SeriesMerge _merge;
    private readonly byte[][] _include;
    private readonly Dictionary<int, ulong[]> _matched = [];
    private readonly Dictionary<(int Group, int Row), ulong[]> _inserted = [];

    public JoinOutput(QueryContext query, StepGrid grid, VectorMatching matching, MatchSignature signature, BinaryOperator op, bool returnBool)
    {
        _query = query;
        _grid = grid;
        _matching = matching;
        _signature = signature;
        _dropsName = FloatArithmetic.ChangesMeaning(op);
        _returnBool = returnBool;
        _merge = new SeriesMerge(query, grid);
        _include = [.. matching.Include.Select(static name => Encoding.UTF8.GetBytes(name))];
    }

    /// <summary>The result.</summary>
    public RowStore Rows => _merge.Rows;

    /// <summary>The result row for a pair of series.</summary>
    public int Target(ReadOnlySpan<byte> many, ReadOnlySpan<byte> one, bool dropName)
    {
        ReadOnlySpan<byte> labels = many;
        if (_dropsName)
        {
            labels = _editor.Without(labels, LabelNameList.Metadata);
        }

        if (_matching.Cardinality == MatchCardinality.OneToOne)
        {
            // The editor filters in place: what it reads lies at or behind what it writes.
            labels = _matching.On ? _editor.With(labels, _signature.Names) : _editor.Without(labels, _signature.Names);
        }

        if (_include.Length > 0)
        {
            _editor.Begin(labels);
            foreach (byte[] name in _include)
            {
                _editor.Set(name, LabelSet.GetValue(one, name));
            }

            labels = _editor.Finish();
        }

        return _merge.Row(labels, _returnBool || (!_dropsName && dropName));
    }

    /// <summary>True when a series of the "many" side has matched in this group at this step.</summary>
    public bool IsMatched(int group, int step) => _matched.TryGetValue(group, out ulong[]? steps) && Presence.Has(steps, step);

    /// <summary>Notes a match.</summary>
    /// <exception cref="QueryException">It is not unique.</exception>
    public void Match(int group, int row, int step)
    {
        ulong[] steps = Bits(_matched, group);
        if (_matching.Cardinality == MatchCardinality.OneToOne)
        {
            if (Presence.Has(steps, step))
            {
                throw QueryException.Execution("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
            }
        }
        else
        {
            ulong[] inserted = Bits(_inserted, (group, row));
            if (Presence.Has(inserted, step))
            {
                throw QueryException.Execution("multiple matches for labels: grouping labels must ensure unique matches");
            }

            Presence.Set(inserted, step);
        }

        Presence.Set(steps, step);
    }

    /// <summary>Sets a value of the result.</summary>
    public void Set(int row, int step, double value, FloatHistogram? histogram) => _merge.Set(row, step, value, histogram);

    /// <inheritdoc/>
    public void Dispose()
    {
        _merge.Dispose();
        foreach (ulong[] steps in _matched.Values)
        {
            _query.Memory.Return(steps);
        }

        foreach (ulong[] steps in _inserted.Values)
        {
            _query.Memory.Return(steps);
        }
    }

    private ulong[] Bits<TKey>(Dictionary<TKey, ulong[]> table, TKey key)
        where TKey : notnull
    {
        if (!table.TryGetValue(key, out ulong[]? steps))
        {
            table[key] = steps = _query.Memory.RentWords(_grid.Words);
        }

        return steps;
    }
}
