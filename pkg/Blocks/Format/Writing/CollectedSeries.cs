using RemoteStore.Model.Labels;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>Series that come in any order, with labels that the caller keeps.</summary>
internal sealed class CollectedSeries : ISeriesOrder
{
    private const int CheckEvery = 1024;

    private readonly List<Entry> _series = [];
    private int _next;

    /// <inheritdoc/>
    public int Count => _series.Count;

    /// <inheritdoc/>
    public PairTable Pairs { get; } = new();

    /// <inheritdoc/>
    public void Add(ReadOnlyMemory<byte> labels, SpoolRecord record) => _series.Add(new Entry(labels, record));

    /// <inheritdoc/>
    public void Sort()
    {
        _series.Sort(static (a, b) => LabelOrder.Compare(a.Labels.Span, b.Labels.Span));
        for (int i = 1; i < _series.Count; i++)
        {
            if (_series[i].Labels.Span.SequenceEqual(_series[i - 1].Labels.Span))
            {
                throw new ArgumentException($"the series {new LabelSet(_series[i].Labels)} was added twice");
            }
        }
    }

    /// <inheritdoc/>
    public SpoolRecord Record(int number) => _series[number].Record;

    /// <inheritdoc/>
    public void NumberPairs(CancellationToken cancellationToken)
    {
        for (int i = 0; i < _series.Count; i++)
        {
            if (i % CheckEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            Pairs.Add(_series[i].Labels, i == 0 ? [] : _series[i - 1].Labels.Span);
        }

        Pairs.Number();
    }

    /// <inheritdoc/>
    public void NextPairs(List<int> pairs) => Pairs.Resolve(_series[_next++].Labels, pairs);

    private readonly record struct Entry(ReadOnlyMemory<byte> Labels, SpoolRecord Record);
}
