using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>At which steps a side of a set operator has a series of each signature.</summary>
internal sealed class SignaturePresence : IDisposable
{
    private readonly MatchSignature _signature;
    private readonly LabelTable _table;
    private readonly PresenceRows _present;

    public SignaturePresence(QueryContext query, StepGrid grid, MatchSignature signature)
    {
        _signature = signature;
        _present = new PresenceRows(query.Memory, grid.Words);
        _table = new LabelTable(query);
    }

    /// <summary>Adds a series.</summary>
    public void Add(StepSeries row)
    {
        int number = _table.GetOrAdd(_signature.Of(row.Labels));
        if (number == _present.Count)
        {
            _present.Add();
        }

        ReadOnlySpan<ulong> bits = row.Present;
        Span<ulong> known = _present[number];
        for (int word = 0; word < bits.Length; word++)
        {
            known[word] |= bits[word];
        }
    }

    /// <summary>Keeps the steps of a series at which the signature is present, or those at which it is not.</summary>
    public void Filter(StepSeries row, bool keepPresent)
    {
        int number = _table.Find(_signature.Of(row.Labels));
        if (number >= 0)
        {
            row.Keep(_present[number], keepPresent);
        }
        else if (keepPresent)
        {
            row.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _table.Dispose();
        _present.Dispose();
    }
}
