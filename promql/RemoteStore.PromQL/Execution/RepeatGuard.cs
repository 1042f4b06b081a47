namespace RemoteStore.PromQL.Execution;

/// <summary>
/// Watches series whose labels were changed, without holding their values: series that became equal may have values at different steps, for then they are one
/// series, but not at the same step. Such a series may come in several pieces (<see cref="SeriesTraits.Distinct"/> does not hold then).
/// </summary>
internal sealed class RepeatGuard : IDisposable
{
    private const ulong DropsName = 1;

    private readonly LabelTable _table;
    private readonly PresenceRows _rows;

    public RepeatGuard(QueryContext query, StepGrid grid)
    {
        _rows = new PresenceRows(query.Memory, grid.Words + 1); // the first word holds flags
        _table = new LabelTable(query);
    }

    /// <summary>What is known of series that were let pass.</summary>
    public static SeriesTraits TraitsOver(StepGrid grid) => grid.Count <= 1 ? SeriesTraits.Distinct : SeriesTraits.None;

    /// <summary>Notes a series. Whether its name is dropped at the end is decided by the first piece.</summary>
    /// <exception cref="QueryException">A series with these labels has a value at one of its steps.</exception>
    public void Pass(StepSeries row)
    {
        if (!TryPass(row.Labels, row.Present, row.DropName, out int number))
        {
            throw QueryException.SameLabels();
        }

        row.DropName = (_rows[number][0] & DropsName) != 0;
    }

    /// <summary>Notes labels that no other series may have.</summary>
    /// <exception cref="QueryException">A series has these labels.</exception>
    public void PassOnce(ReadOnlySpan<byte> labels)
    {
        int known = _table.Count;
        if (_table.GetOrAdd(labels) < known)
        {
            throw QueryException.SameLabels();
        }
    }

    /// <summary>Notes a series; false when one with these labels has a value at one of its steps.</summary>
    private bool TryPass(ReadOnlySpan<byte> labels, ReadOnlySpan<ulong> present, bool dropName, out int number)
    {
        number = _table.GetOrAdd(labels);
        if (number == _rows.Count)
        {
            Span<ulong> added = _rows[_rows.Add()];
            added[0] = dropName ? DropsName : 0;
            present.CopyTo(added[1..]);
            return true;
        }

        Span<ulong> known = _rows[number][1..];
        for (int word = 0; word < present.Length; word++)
        {
            if ((known[word] & present[word]) != 0)
            {
                return false;
            }

            known[word] |= present[word];
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _table.Dispose();
        _rows.Dispose();
    }
}
