namespace RemoteStore.CompatTests.Queries;

/// <summary>What became of the queries of a run.</summary>
internal sealed class DifferenceTally
{
    private readonly Dictionary<KnownChange, int> _explained = [];
    private int _empty;
    private int _refused;

    /// <summary>Queries that differ for no known reason, each with the difference.</summary>
    public List<string> Differences { get; } = [];

    /// <summary>Queries that both answered with at least one series, the same.</summary>
    public int Answered { get; private set; }

    /// <summary>Queries whose values lie apart no further than the bound of cancellation.</summary>
    public int NeededBound { get; set; }

    /// <summary>Adds a query.</summary>
    public void Add(QueryCall call, QueryAnswer expected, string? difference, KnownChange? change)
    {
        if (difference is not null && change is not null)
        {
            _explained[change] = _explained.GetValueOrDefault(change) + 1;
        }
        else if (difference is not null)
        {
            Differences.Add($"{call}\n    {difference}");
        }
        else if (expected.Error is not null)
        {
            _refused++;
        }
        else
        {
            Answered += expected.Series.Count > 0 ? 1 : 0;
            _empty += expected.Series.Count > 0 ? 0 : 1;
        }
    }

    /// <summary>Tells the figures.</summary>
    public void Print(Action<string> write)
    {
        write($"{Answered} answers agree ({NeededBound} of them within the bound of cancellation), {_empty} are empty on both sides, {_refused} are errors on both sides, {Differences.Count} differ");
        foreach ((KnownChange change, int count) in _explained)
        {
            write($"{count} differ by a known change: {change.Name} ({change.Changelog})");
        }
    }
}
