using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// The "one" side of a join, held in memory: finds its series by match group and step. Usually a group has one series; where it has several, each step has a
/// number of its own.
/// </summary>
internal sealed class OneSide : IDisposable
{
    private const int None = -1;
    private const int Several = -2;

    private readonly QueryContext _query;
    private readonly StepGrid _grid;
    private readonly MatchSignature _signature;
    private readonly string _side;
    private readonly Dictionary<int, int[]> _bySteps = [];
    private int[] _only = [];
    private int[] _groups = [];
    private ulong[] _duplicates = [];

    /// <summary>Creates it.</summary>
    /// <param name="query">The query.</param>
    /// <param name="grid">The steps.</param>
    /// <param name="signature">The labels that are compared.</param>
    /// <param name="side">How errors call it: left or right.</param>
    public OneSide(QueryContext query, StepGrid grid, MatchSignature signature, string side)
    {
        _query = query;
        _grid = grid;
        _signature = signature;
        _side = side;
        Groups = new LabelTable(query);
        try
        {
            Rows = new RowStore(query, grid.Count);
        }
        catch
        {
            Groups.Dispose();
            throw;
        }
    }

    /// <summary>Match groups by signature; those of the other side may be added.</summary>
    public LabelTable Groups { get; }

    /// <summary>The series.</summary>
    public RowStore Rows { get; }

    /// <summary>Match group of a series.</summary>
    public int Group(int row) => _groups[row];

    /// <summary>Adds a series.</summary>
    public void Add(StepSeries series)
    {
        int row = Rows.Add(series);
        int group = Groups.GetOrAdd(_signature.Of(series.Labels));
        if (row >= _groups.Length)
        {
            _query.Memory.Grow(ref _groups, row, row + 1L);
        }

        _groups[row] = group;
        while (group >= _only.Length)
        {
            int known = _only.Length;
            _query.Memory.Grow(ref _only, known, group + 1L);
            _only.AsSpan(known).Fill(None);
        }

        if (_only[group] == None)
        {
            _only[group] = row;
            return;
        }

        int[] byStep = StepsOf(group);
        ReadOnlySpan<ulong> present = Rows.Present(row);
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            if (byStep[step] < 0)
            {
                byStep[step] = row;
            }
            else
            {
                NoteDuplicate(step);
            }
        }
    }

    /// <summary>The series of a group at a step, negative when there is none.</summary>
    public int Row(int group, int step)
    {
        int only = group < _only.Length ? _only[group] : None;
        return only >= 0 ? Rows.Has(only, step) ? only : None
            : only == None ? None
            : _bySteps[group][step];
    }

    /// <summary>
    /// Fails when two series of one group meet at one of the steps. Called with the steps at which the other side has series: where it is empty nothing is
    /// matched and two of a group do no harm.
    /// </summary>
    /// <exception cref="QueryException">They do.</exception>
    public void CheckUnique(ReadOnlySpan<ulong> steps)
    {
        for (int word = 0; word < _duplicates.Length && word < steps.Length; word++)
        {
            if ((_duplicates[word] & steps[word]) != 0)
            {
                Fail((word << 6) + System.Numerics.BitOperations.TrailingZeroCount(_duplicates[word] & steps[word]));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (int[] steps in _bySteps.Values)
        {
            _query.Memory.Return(steps);
        }

        _bySteps.Clear();
        _query.Memory.Return(_only);
        _query.Memory.Return(_groups);
        _query.Memory.Return(_duplicates);
        _only = [];
        _groups = [];
        _duplicates = [];
        Rows.Dispose();
        Groups.Dispose();
    }

    private int[] StepsOf(int group)
    {
        if (_only[group] == Several)
        {
            return _bySteps[group];
        }

        int[] steps = _query.Memory.RentInts(_grid.Count);
        _bySteps[group] = steps;
        steps.AsSpan(0, _grid.Count).Fill(None);
        int first = _only[group];
        ReadOnlySpan<ulong> present = Rows.Present(first);
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            steps[step] = first;
        }

        _only[group] = Several;
        return steps;
    }

    private void NoteDuplicate(int step)
    {
        if (_duplicates.Length == 0)
        {
            _duplicates = _query.Memory.RentWords(_grid.Words);
        }

        Presence.Set(_duplicates, step);
    }

    /// <summary>Finds the first two series that meet, in the order in which they came, and tells of them.</summary>
    private void Fail(int step)
    {
        Span<int> first = new int[Groups.Count];
        first.Fill(None);
        for (int row = 0; row < Rows.Count; row++)
        {
            if (!Rows.Has(row, step))
            {
                continue;
            }

            if (first[_groups[row]] >= 0)
            {
                throw Duplicate(first[_groups[row]], row);
            }

            first[_groups[row]] = row;
        }
    }

    private QueryException Duplicate(int first, int second)
    {
        string group = GoText.Labels(_signature.Of(Rows.Labels(second)));
        if (LabelSet.Compare(Rows.Labels(first), Rows.Labels(second)) > 0)
        {
            (first, second) = (second, first);
        }

        return QueryException.Execution(
            $"found duplicate series for the match group {group} on the {_side} hand-side of the operation: [{GoText.Labels(Rows.Labels(first))}, {GoText.Labels(Rows.Labels(second))}];many-to-many matching not allowed: matching labels must be unique on one side");
    }
}
