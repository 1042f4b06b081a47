using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.LocalBlocks;

namespace RemoteStore.Tsdb.Querying;

/// <summary>
/// Series of a local block in label order. After damage it is read again from what took the block's place, behind the last series that was handed out.
/// </summary>
internal sealed class BlockSeriesSet : ISeriesSet
{
    private readonly BlockQuerier _querier;
    private readonly SelectHints _hints;
    private readonly IReadOnlyList<LabelMatcher> _matchers;
    private readonly SeriesBatch _rest = new();
    private ISeriesSet _set;
    private LiveBlock? _block;
    private byte[] _last = [];
    private int _lastLength;
    private bool _behindLast = true; // false while series come that were handed out before

    public BlockSeriesSet(BlockQuerier querier, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, (ISeriesSet Set, LiveBlock? Block) opened)
    {
        _querier = querier;
        _hints = hints;
        _matchers = matchers;
        (_set, _block) = opened;
        Current = _rest;
    }

    /// <inheritdoc/>
    public SeriesBatch Current { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                while (await _set.MoveNextAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (TakeBatch(_set.Current))
                    {
                        return true;
                    }
                }

                return false;
            }
            catch (IOException e) when (_block is not null && (e is CorruptDataException || _block.IsDamaged))
            {
                await ReopenAsync(_block, e.Message, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _set.DisposeAsync().ConfigureAwait(false);
        _block?.Release();
        _block = null;
    }

    private async ValueTask ReopenAsync(LiveBlock damaged, string why, CancellationToken cancellationToken)
    {
        await _querier.ReplaceAsync(damaged, why, cancellationToken).ConfigureAwait(false);
        (ISeriesSet Set, LiveBlock? Block) opened = await _querier.OpenSetAsync(_hints, _matchers, cancellationToken).ConfigureAwait(false);
        await _set.DisposeAsync().ConfigureAwait(false);
        damaged.Release();
        (_set, _block) = opened;
        _behindLast = _lastLength == 0;
    }

    /// <summary>Makes the batch current, without series that were handed out before; false when none is left.</summary>
    private bool TakeBatch(SeriesBatch batch)
    {
        int first = 0;
        while (!_behindLast && first < batch.Count)
        {
            _behindLast = LabelSet.Compare(batch.Labels(first).Bytes.Span, _last.AsSpan(0, _lastLength)) > 0;
            first += _behindLast ? 0 : 1;
        }

        if (first == batch.Count)
        {
            return false;
        }

        Current = first == 0 ? batch : CopyFrom(batch, first);
        ReadOnlySpan<byte> last = batch.Labels(batch.Count - 1).Bytes.Span;
        if (_last.Length < last.Length)
        {
            _last = new byte[last.Length * 2];
        }

        last.CopyTo(_last);
        _lastLength = last.Length;
        return true;
    }

    private SeriesBatch CopyFrom(SeriesBatch batch, int first)
    {
        _rest.Clear();
        for (int i = first; i < batch.Count; i++)
        {
            int firstFloat = _rest.Samples.Count;
            int firstHistogram = _rest.Samples.HistogramCount;
            _rest.Samples.Add(batch.Timestamps(i), batch.ValueBits(i), batch.StartTimestamps(i));
            foreach (HistogramSample histogram in batch.Histograms(i))
            {
                _rest.Samples.AddHistogram(histogram.TimestampMs, histogram.StartTimestampMs, batch.Samples.Payload(histogram));
            }

            _rest.AddSeries(batch.Labels(i), firstFloat, firstHistogram); // the labels live as long as the batch that they came in
        }

        return _rest;
    }
}
