using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>The columns of one series as they lie in batches that were read.</summary>
internal sealed class ColumnGroup
{
    private readonly Reference[] _columns = new Reference[WindowFormat.Columns.Length];
    private readonly SeriesBatch _kept = new();

    /// <summary>Columns that the series has.</summary>
    public int Count { get; private set; }

    /// <summary>Labels of the series, valid until the batches are filled anew.</summary>
    public ReadOnlyMemory<byte> Labels { get; private set; }

    /// <summary>Forgets the series.</summary>
    public void Clear()
    {
        Array.Clear(_columns);
        _kept.Clear();
        Count = 0;
        Labels = default;
    }

    /// <summary>Adds a column.</summary>
    /// <param name="column">Its position in <see cref="WindowFormat.Columns"/>.</param>
    /// <param name="labels">Labels of the series.</param>
    /// <param name="batch">Where it is.</param>
    /// <param name="index">At which place.</param>
    public void Add(int column, ReadOnlyMemory<byte> labels, SeriesBatch batch, int index)
    {
        Labels = Count == 0 ? labels : Labels;
        _columns[column] = new Reference(batch, index);
        Count++;
    }

    /// <summary>Copies what lies in the batch, which is about to be filled anew.</summary>
    public void KeepFrom(SeriesBatch batch)
    {
        if (Count == 0)
        {
            return;
        }

        for (int column = 0; column < _columns.Length; column++)
        {
            if (_columns[column].Batch == batch)
            {
                _kept.AddCopy(batch, _columns[column].Index);
                _columns[column] = new Reference(_kept, _kept.Count - 1);
            }
        }

        Memory<byte> labels = _kept.AllocateLabels(Labels.Length);
        Labels.CopyTo(labels);
        Labels = labels;
    }

    /// <summary>Times of a column's floats.</summary>
    public ReadOnlySpan<long> Timestamps(int column) => _columns[column].Batch is { } batch ? batch.Timestamps(_columns[column].Index) : [];

    /// <summary>Its floats.</summary>
    public ReadOnlySpan<double> Values(int column) => _columns[column].Batch is { } batch ? batch.Values(_columns[column].Index) : [];

    /// <summary>Its histograms.</summary>
    public ReadOnlySpan<HistogramSample> Histograms(int column) => _columns[column].Batch is { } batch ? batch.Histograms(_columns[column].Index) : [];

    /// <summary>Payload of one of them.</summary>
    public ReadOnlySpan<byte> Payload(int column, HistogramSample sample) => _columns[column].Batch!.Samples.Payload(sample);

    /// <summary>Appends the samples of a column.</summary>
    public void CopyTo(int column, SampleBuffer destination) => _columns[column].Batch?.CopySamples(_columns[column].Index, destination);

    private readonly record struct Reference(SeriesBatch? Batch, int Index);
}
