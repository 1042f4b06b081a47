using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Execution;
using RemoteStore.Storage;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>Pulls the batches of a selection from storage. Not safe for concurrent use, but calls may come from changing threads.</summary>
internal sealed class SelectedSeries(QueryContext query, SeriesSelection selection, SelectHints hints) : IAsyncDisposable
{
    private ISeriesSet? _set;
    private bool _finished;

    /// <summary>True when the last batch has been read.</summary>
    public bool IsFinished => _finished;

    /// <summary>Reads the next series into a batch, which stays valid until it is cleared or this is disposed; false at the end.</summary>
    /// <exception cref="QueryException">Storage fails, or there are too many series.</exception>
    public async ValueTask<bool> ReadAsync(SeriesBatch batch, CancellationToken cancellationToken)
    {
        if (_finished)
        {
            return false;
        }

        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            _set ??= await query.Querier.SelectAsync(sorted: false, hints, selection.Matchers, cancellationToken).ConfigureAwait(false);
            _set.Current = batch;
            _finished = !await _set.MoveNextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException and not StorageUnavailableException)
        {
            _finished = true;
            throw new QueryException(QueryErrorKind.Storage, $"expanding series: {e.Message}", e);
        }

        if (_finished)
        {
            return false;
        }

        SampleMark read = batch.Samples.Mark;
        long samples = (long)read.Floats + read.Histograms + read.Windows + read.HistogramWindows;
        query.Read(batch.Count, samples);
        selection.Trace?.Read(samples);
        return true;
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
