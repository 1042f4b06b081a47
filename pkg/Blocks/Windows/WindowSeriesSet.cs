using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>Series of a block of windows: reads columns and puts those of a series together.</summary>
/// <param name="index">The index, of which little is needed behind the first batch.</param>
/// <param name="stretches">Sets of columns, to be read one after another; each is disposed here.</param>
/// <param name="assembler">Makes windows; null to give the last sample of each.</param>
/// <param name="labelsOnly">True when the sets have no samples.</param>
/// <param name="maxSamples">Samples of a batch, of which a window counts as several; it may have those of one series more.</param>
internal sealed class WindowSeriesSet(
    IndexReader index, IReadOnlyList<BlockSeriesSet> stretches, WindowAssembler? assembler, bool labelsOnly, int maxSamples) : ISeriesSet
{
    private const int MaxSeriesPerBatch = 512;
    private const int SamplesPerWindow = 6; // by their bytes

    private readonly ColumnGroup _group = new();
    private int _stretch;
    private int _next; // column of the batch at hand

    /// <inheritdoc/>
    public SeriesBatch Current { get; set; } = new();

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        Current.Clear();
        try
        {
            while (Current.Count < MaxSeriesPerBatch
                && Current.Samples.Count + (Current.Samples.Windows.Length * SamplesPerWindow) < maxSamples
                && await ReadGroupAsync(cancellationToken).ConfigureAwait(false))
            {
                AddSeries();
            }
        }
        finally
        {
            index.Trim();
        }

        return Current.Count > 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (BlockSeriesSet stretch in stretches)
        {
            await stretch.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gathers the columns of the next series; false at the end.</summary>
    private async ValueTask<bool> ReadGroupAsync(CancellationToken cancellationToken)
    {
        _group.Clear();
        while (_stretch < stretches.Count)
        {
            SeriesBatch batch = stretches[_stretch].Current;
            if (_next < batch.Count)
            {
                ReadOnlyMemory<byte> labels = batch.Labels(_next).Bytes;
                int column = WindowFormat.ColumnOf(labels.Span, out int seriesLength);
                labels = labels[..seriesLength];
                if (_group.Count > 0 && !labels.Span.SequenceEqual(_group.Labels.Span))
                {
                    return true;
                }

                if (column >= 0)
                {
                    _group.Add(column, labels, batch, _next);
                }

                _next++;
                continue;
            }

            _group.KeepFrom(batch);
            _next = 0;
            if (!await stretches[_stretch].MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                _stretch++;
            }
        }

        return _group.Count > 0;
    }

    private void AddSeries()
    {
        SampleBuffer samples = Current.Samples;
        SampleMark before = samples.Mark;
        if (assembler is not null)
        {
            assembler.Assemble(_group, samples);
        }
        else if (!labelsOnly)
        {
            WindowAssembler.CopyLast(_group, samples);
        }

        if (labelsOnly || samples.Mark != before)
        {
            Memory<byte> labels = Current.AllocateLabels(_group.Labels.Length);
            _group.Labels.CopyTo(labels);
            Current.AddSeries(new LabelSet(labels), before);
        }
    }
}
