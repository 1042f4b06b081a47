using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Execution;
using RemoteStore.Storage;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>Pulls the batches of a selection from storage and walks through their series.</summary>
internal sealed class SelectedSeries(QueryContext query, SeriesSelection selection, SelectHints hints) : IAsyncDisposable
{
    private ISeriesSet? _set;
    private bool _finished;
    private int _next;

    /// <summary>What is known of the labels of its series.</summary>
    public SeriesTraits Traits => selection.Traits;

    /// <summary>The batch that <see cref="Index"/> points into.</summary>
    public SeriesBatch Batch => _set!.Current;

    /// <summary>Index of the current series within the batch.</summary>
    public int Index => _next - 1;

    /// <summary>Reads the next batch; false at the end.</summary>
    public async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_finished)
        {
            return false;
        }

        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            _set ??= await query.Querier.SelectAsync(sorted: false, hints, selection.Matchers, cancellationToken).ConfigureAwait(false);
            _next = 0;
            _finished = !await _set.MoveNextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException and not StorageUnavailableException)
        {
            throw new QueryException(QueryErrorKind.Storage, $"expanding series: {e.Message}", e);
        }

        return !_finished;
    }

    /// <summary>Goes to the next series of the batch; false when there is none left.</summary>
    public bool MoveNext()
    {
        if (_finished || _set is null || _next >= _set.Current.Count)
        {
            return false;
        }

        _next++;
        int samples = Batch.Timestamps(Index).Length + Batch.Histograms(Index).Length;
        query.Read(samples);
        selection.Trace?.Read(samples);
        return true;
    }

    /// <summary>Decodes a histogram of the current series and, when that is asked for, finds out whether it was reset.</summary>
    /// <param name="samples">The histograms of the series.</param>
    /// <param name="index">Which one.</param>
    /// <exception cref="QueryException">Its bytes are no histogram.</exception>
    public FloatHistogram Decode(ReadOnlySpan<HistogramSample> samples, int index)
    {
        FloatHistogram histogram = Decode(samples[index]);
        if (selection.DetectsResets && index > 0 && histogram.CounterResetHint == CounterResetHint.Unknown && !histogram.IsStale)
        {
            FloatHistogram before = Decode(samples[index - 1]);
            if (!before.IsStale)
            {
                histogram.CounterResetHint = histogram.DetectReset(before) ? CounterResetHint.CounterReset : CounterResetHint.NotCounterReset;
            }
        }

        return histogram;
    }

    private FloatHistogram Decode(HistogramSample sample)
    {
        var histogram = new FloatHistogram();
        return histogram.TryRead(Batch.Samples.Payload(sample))
            ? histogram
            : throw new QueryException(QueryErrorKind.Storage, "a stored histogram cannot be read");
    }

    /// <summary>True when the value ends a series.</summary>
    public static bool IsStale(long bits) => bits == SampleBits.StaleMarker;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _finished = true;
        if (_set is not null)
        {
            await _set.DisposeAsync().ConfigureAwait(false);
            _set = null;
        }
    }
}
