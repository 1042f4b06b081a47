using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Aggregations;

/// <summary>Which group of an aggregation a series belongs to.</summary>
internal sealed class Grouping : IDisposable
{
    private readonly QueryContext _query;
    private LabelTable? _table;
    private readonly LabelEditor _editor = new();
    private readonly LabelNameList _names;
    private readonly bool _without;

    public Grouping(QueryContext query, IReadOnlyList<string> names, bool without)
    {
        _query = query;
        _without = without;
        _names = without ? new LabelNameList(names).With("__name__") : new LabelNameList(names);
    }

    /// <summary>Number of groups.</summary>
    public int Count => _table?.Count ?? 0;

    /// <summary>True when no group has a metric name.</summary>
    public bool IsNameless
    {
        get
        {
            int next = 0;
            return _names.Contains("__name__"u8, ref next) == _without;
        }
    }

    /// <summary>Number of the group; a new one has the number <see cref="Count"/> had before.</summary>
    public int GroupOf(ReadOnlySpan<byte> labels) =>
        (_table ??= new LabelTable(_query)).GetOrAdd(_without ? _editor.Without(labels, _names) : _names.Count == 0 ? [] : _editor.With(labels, _names));

    /// <summary>Labels of a group.</summary>
    public ReadOnlySpan<byte> Labels(int group) => _table!.Bytes(group);

    /// <inheritdoc/>
    public void Dispose()
    {
        _table?.Dispose();
        _table = null;
    }
}
