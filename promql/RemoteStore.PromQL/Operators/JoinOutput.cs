using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary>Names the results of a join and finds matches that are not unique. Of what has passed it keeps labels and steps, no values.</summary>
internal sealed class JoinOutput : IDisposable
{
    private const int None = -1;

    private readonly QueryContext _query;
    private readonly StepGrid _grid;
    private readonly VectorMatching _matching;
    private readonly MatchSignature _signature;
    private readonly bool _dropsName;
    private readonly bool _marksName;
    private readonly LabelEditor _editor = new();
    private readonly byte[][] _include;
    private readonly PresenceRows _matched;
    private readonly PresenceRows _passed;
    private readonly LabelTable _labels;
    private int[] _first = [];
    private int[] _next = [];
    private int[] _groups = [];
    private byte[] _drops = [];
    private int _labelsKnown;

    public JoinOutput(QueryContext query, StepGrid grid, VectorMatching matching, MatchSignature signature, BinaryOperator op, bool returnBool)
    {
        _query = query;
        _grid = grid;
        _matching = matching;
        _signature = signature;
        _dropsName = FloatArithmetic.ChangesMeaning(op) || (returnBool && !query.Options.DelayedNameRemoval);
        _marksName = returnBool && query.Options.DelayedNameRemoval;
        _include = [.. matching.Include.Select(static name => Encoding.UTF8.GetBytes(name))];
        _matched = new PresenceRows(query.Memory, grid.Words);
        _passed = new PresenceRows(query.Memory, 2 * grid.Words); // steps that matched, then those that have a result
        _labels = new LabelTable(query);
    }

    /// <summary>Labels of the result for a pair of series; valid until the next call.</summary>
    public ReadOnlySpan<byte> Labels(ReadOnlySpan<byte> many, ReadOnlySpan<byte> one)
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

        if (_include.Length == 0)
        {
            return labels;
        }

        _editor.Begin(labels);
        foreach (byte[] name in _include)
        {
            _editor.Set(name, LabelSet.GetValue(one, name));
        }

        return _editor.Finish();
    }

    /// <summary>Whether the name of a result is dropped at the end.</summary>
    public bool DropsName(bool manyDrops) => _marksName || (manyDrops && !_dropsName);

    /// <summary>True when a series of the "many" side has matched in this group at this step.</summary>
    public bool IsMatched(int group, int step) => group < _matched.Count && Presence.Has(_matched[group], step);

    /// <summary>Notes the result of a pair of series, which may be a piece of a longer one.</summary>
    /// <param name="group">Match group.</param>
    /// <param name="matched">Steps at which the two matched, those that a comparison then dropped included.</param>
    /// <param name="row">The result. Whether its name is dropped at the end is decided by the first piece.</param>
    /// <exception cref="QueryException">The match is not unique, or two results have the same labels at one step.</exception>
    public void Pass(int group, ReadOnlySpan<ulong> matched, StepSeries row)
    {
        NoteGroup(group, matched);
        int number = _labels.GetOrAdd(row.Labels);
        int first = number < _labelsKnown ? _first[number] : None;
        int own = None;
        for (int entry = first; entry != None; entry = _next[entry])
        {
            ReadOnlySpan<ulong> known = _passed[entry];
            if (_groups[entry] == group)
            {
                own = entry;
                if (Meet(known[.._grid.Words], matched))
                {
                    throw QueryException.Execution("multiple matches for labels: grouping labels must ensure unique matches");
                }
            }
            else if (Meet(known[_grid.Words..], row.Present))
            {
                throw QueryException.SameLabels();
            }
        }

        own = own == None ? AddEntry(number, first, group, row.DropName) : own;
        row.DropName = _drops[_first[number]] != 0;
        Join(_passed[own][.._grid.Words], matched);
        Join(_passed[own][_grid.Words..], row.Present);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _matched.Dispose();
        _passed.Dispose();
        _labels.Dispose();
        _query.Memory.Return(_first);
        _query.Memory.Return(_next);
        _query.Memory.Return(_groups);
        _query.Memory.Return(_drops);
        _first = [];
        _next = [];
        _groups = [];
        _drops = [];
    }

    private static bool Meet(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        for (int word = 0; word < b.Length; word++)
        {
            if ((a[word] & b[word]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static void Join(Span<ulong> target, ReadOnlySpan<ulong> more)
    {
        for (int word = 0; word < more.Length; word++)
        {
            target[word] |= more[word];
        }
    }

    private void NoteGroup(int group, ReadOnlySpan<ulong> matched)
    {
        while (_matched.Count <= group)
        {
            _matched.Add();
        }

        if (_matching.Cardinality == MatchCardinality.OneToOne && Meet(_matched[group], matched))
        {
            throw QueryException.Execution("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
        }

        Join(_matched[group], matched);
    }

    /// <summary>Adds results of labels in a group, behind the first entry of these labels when there is one.</summary>
    private int AddEntry(int number, int first, int group, bool dropName)
    {
        QueryMemory memory = _query.Memory;
        int entry = _passed.Add();
        if (entry >= _next.Length)
        {
            memory.Grow(ref _next, entry, entry + 1L);
        }

        if (entry >= _groups.Length)
        {
            memory.Grow(ref _groups, entry, entry + 1L);
        }

        if (entry >= _drops.Length)
        {
            memory.Grow(ref _drops, entry, entry + 1L);
        }

        if (number >= _first.Length)
        {
            memory.Grow(ref _first, number, number + 1L);
        }

        _groups[entry] = group;
        _drops[entry] = dropName ? (byte)1 : (byte)0;
        if (first == None)
        {
            _next[entry] = None;
            _first[number] = entry;
            _labelsKnown = number + 1;
        }
        else
        {
            _next[entry] = _next[first];
            _next[first] = entry;
        }

        return entry;
    }
}
