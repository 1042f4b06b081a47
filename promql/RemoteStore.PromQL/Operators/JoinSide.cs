using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>One side of a join: its series and the number of each one's match group.</summary>
internal sealed class JoinSide
{
    private readonly int[] _groups;

    public JoinSide(RowStore rows, LabelTable table, MatchSignature signature)
    {
        Rows = rows;
        _groups = new int[rows.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            _groups[row] = table.GetOrAdd(signature.Of(rows.Labels(row)));
        }
    }

    /// <summary>The series.</summary>
    public RowStore Rows { get; }

    /// <summary>Match group of a series.</summary>
    public int Group(int row) => _groups[row];
}

/// <summary>Finds the series of the "one" side by match group and step.</summary>
internal sealed class OneSide(QueryContext query, StepGrid grid, JoinSide side, int groups) : IDisposable
{
    private readonly int[] _only = Filled(groups);
    private readonly Dictionary<int, int[]> _bySteps = [];

    /// <summary>The series of a group at a step, -1 when there is none.</summary>
    public int Row(int group, int step)
    {
        int only = _only[group];
        return only >= 0 ? side.Rows.Has(only, step) ? only : -1
            : only == -1 ? -1
            : _bySteps[group][step];
    }

    /// <summary>Prepares <see cref="Row"/>.</summary>
    /// <param name="many">The other side: where it is empty two series of a group do no harm, for nothing is matched.</param>
    /// <param name="canFill">True when an empty side does not end the matter.</param>
    /// <param name="duplicate">Called with two series of one group at one step, and one of them; throws.</param>
    public void Index(JoinSide many, bool canFill, Action<int, int, int> duplicate)
    {
        ulong[]? anyMany = null;
        for (int row = 0; row < side.Rows.Count; row++)
        {
            int group = side.Group(row);
            if (_only[group] == -1)
            {
                _only[group] = row;
                continue;
            }

            anyMany ??= AnyPresence(many, canFill);
            int[] byStep = StepsOf(group);
            ReadOnlySpan<ulong> present = side.Rows.Present(row);
            for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
            {
                if (byStep[step] >= 0 && Presence.Has(anyMany, step))
                {
                    duplicate(byStep[step], row, row);
                }

                byStep[step] = row;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (int[] steps in _bySteps.Values)
        {
            query.Memory.Return(steps);
        }
    }

    private static int[] Filled(int count)
    {
        int[] array = new int[count];
        array.AsSpan().Fill(-1);
        return array;
    }

    private int[] StepsOf(int group)
    {
        if (_only[group] == -2)
        {
            return _bySteps[group];
        }

        int[] steps = query.Memory.RentInts(grid.Count);
        steps.AsSpan(0, grid.Count).Fill(-1);
        int first = _only[group];
        ReadOnlySpan<ulong> present = side.Rows.Present(first);
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            steps[step] = first;
        }

        _bySteps[group] = steps;
        _only[group] = -2;
        return steps;
    }

    private ulong[] AnyPresence(JoinSide many, bool canFill)
    {
        ulong[] any = new ulong[grid.Words];
        if (canFill)
        {
            Presence.Fill(any, grid.Count);
            return any;
        }

        for (int row = 0; row < many.Rows.Count; row++)
        {
            ReadOnlySpan<ulong> present = many.Rows.Present(row);
            for (int word = 0; word < any.Length; word++)
            {
                any[word] |= present[word];
            }
        }

        return any;
    }
}
