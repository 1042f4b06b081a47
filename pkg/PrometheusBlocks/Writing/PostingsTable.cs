namespace RemoteStore.PrometheusBlocks.Writing;

/// <summary>References of series per label pair, while an index is written. Four bytes for each label of each series.</summary>
internal sealed class PostingsTable
{
    private readonly Dictionary<(int Name, int Value), List<uint>> _lists = [];

    /// <summary>References of all series, ascending.</summary>
    public List<uint> All { get; } = [];

    /// <summary>Adds a series; references ascend.</summary>
    /// <param name="reference">Its reference.</param>
    /// <param name="ranks">Ranks of name and value in turn.</param>
    public void Add(uint reference, List<int> ranks)
    {
        All.Add(reference);
        for (int i = 0; i < ranks.Count; i += 2)
        {
            (int, int) pair = (ranks[i], ranks[i + 1]);
            if (!_lists.TryGetValue(pair, out List<uint>? list))
            {
                _lists.Add(pair, list = new List<uint>(1));
            }

            list.Add(reference);
        }
    }

    /// <summary>Pairs in order of name, then value.</summary>
    public IReadOnlyList<(int Name, int Value)> SortedPairs() => [.. _lists.Keys.Order()];

    /// <summary>References of the series that have a pair, ascending.</summary>
    public List<uint> Of((int Name, int Value) pair) => _lists[pair];
}
