using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>
/// Series that come in label order. Their labels are kept as numbers of distinct pairs, in the spool, so that memory grows with the distinct pairs and by
/// 16 bytes a series.
/// </summary>
internal sealed class SortedSeries(Spool spool) : ISeriesOrder
{
    private readonly List<SpoolRecord> _records = [];
    private readonly IntSpool _fields = new(spool);
    private readonly ByteBuffer _previous = new();
    private readonly List<int> _previousFields = [];
    private readonly List<int> _series = [];
    private int _stretch = -1;
    private int _position;

    /// <inheritdoc/>
    public int Count => _records.Count;

    /// <inheritdoc/>
    public PairTable Pairs { get; } = new();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The labels do not sort behind those added before.</exception>
    public void Add(ReadOnlyMemory<byte> labels, SpoolRecord record)
    {
        ReadOnlySpan<byte> bytes = labels.Span;
        if (_records.Count > 0 && LabelOrder.Compare(_previous.Written, bytes) >= 0)
        {
            throw new ArgumentException($"the series {new LabelSet(labels)} does not sort behind the one added before");
        }

        Pairs.AddCopy(bytes, _previous.Written, _previousFields, _series);
        _fields.Add(_series.Count);
        _fields.Add(_series);
        _fields.EndItem();
        _records.Add(record);
        _previous.Clear();
        _previous.Add(bytes);
        _previousFields.Clear();
        _previousFields.AddRange(_series);
    }

    /// <inheritdoc/>
    public void Sort() => _fields.Flush();

    /// <inheritdoc/>
    public SpoolRecord Record(int number) => _records[number];

    /// <inheritdoc/>
    public void NumberPairs(CancellationToken cancellationToken) => Pairs.Number();

    /// <inheritdoc/>
    public void NextPairs(List<int> pairs)
    {
        pairs.Clear();
        ReadOnlySpan<int> numbers = Current();
        int count = numbers[_position++];
        foreach (int field in numbers.Slice(_position, count))
        {
            pairs.Add(Pairs.NumberOf(field));
        }

        _position += count;
    }

    /// <summary>The stretch that the next series is in.</summary>
    private ReadOnlySpan<int> Current()
    {
        if (_stretch >= 0 && _position < _fields.Current.Length)
        {
            return _fields.Current;
        }

        _position = 0;
        return _fields.Read(++_stretch);
    }
}
