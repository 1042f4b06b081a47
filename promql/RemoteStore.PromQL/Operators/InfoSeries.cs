using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>Info series by the labels that identify what they are about. Owns the rows.</summary>
internal sealed class InfoSeries(QueryContext query, LabelNameList identity, RowStore rows) : IDisposable
{
    private const int None = -1;

    private readonly LabelEditor _editor = new();
    private LabelTable? _table;
    private int[] _first = [];
    private int[] _next = [];

    /// <summary>The series.</summary>
    public RowStore Rows => rows;

    /// <summary>Prepares <see cref="Find"/>.</summary>
    public void Index()
    {
        _table = new LabelTable(query);
        _first = query.Memory.RentInts(rows.Count);
        _next = query.Memory.RentInts(rows.Count);
        int[] last = query.Memory.RentInts(rows.Count);
        try
        {
            for (int row = 0; row < rows.Count; row++)
            {
                int known = _table.Count;
                int number = _table.GetOrAdd(_editor.With(rows.Labels(row), identity));
                if (number == known)
                {
                    _first[number] = row;
                }
                else
                {
                    _next[last[number]] = row;
                }

                _next[row] = None;
                last[number] = row;
            }
        }
        finally
        {
            query.Memory.Return(last);
        }
    }

    /// <summary>The first series of an identity, negative when there is none.</summary>
    public int Find(ReadOnlySpan<byte> labels)
    {
        int number = _table!.Find(labels);
        return number < 0 ? None : _first[number];
    }

    /// <summary>The next series of the same identity, in the order in which they came; negative at the end.</summary>
    public int Next(int row) => _next[row];

    /// <inheritdoc/>
    public void Dispose()
    {
        rows.Dispose();
        _table?.Dispose();
        query.Memory.Return(_first);
        query.Memory.Return(_next);
        _table = null;
        _first = [];
        _next = [];
    }
}
