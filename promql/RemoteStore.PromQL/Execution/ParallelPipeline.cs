using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Operators;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// Tasks that each read a batch, one after the other, and compute its rows side by side; the consumer takes the batches in the order in which they were read.
/// One batch more than there are tasks: that of the consumer.
/// </summary>
internal sealed class ParallelPipeline : IAsyncDisposable
{
    private readonly QueryContext _query;
    private readonly SelectedSeries _series;
    private readonly int _workers;
    private readonly List<PipelineSlot> _slots = [];
    private readonly Queue<PipelineSlot> _running = new();
    private PipelineSlot? _current;
    private Task _turn = Task.CompletedTask; // done when the batch before the next one has been read
    private volatile bool _stopping;

    /// <param name="query">The query.</param>
    /// <param name="steps">Steps of a row.</param>
    /// <param name="series">Where batches come from.</param>
    /// <param name="create">Makes the computation of one thread.</param>
    /// <param name="workers">Tasks taken from the engine's budget; given back when this is disposed.</param>
    public ParallelPipeline(QueryContext query, int steps, SelectedSeries series, Func<AnnotationSet, SeriesComputation> create, int workers)
    {
        _query = query;
        _series = series;
        _workers = workers;
        for (int i = 0; i <= workers; i++)
        {
            _slots.Add(new PipelineSlot(query, steps, create));
        }
    }

    /// <summary>Waits for the next batch of rows; false when there is none left.</summary>
    public async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_current is null)
        {
            foreach (PipelineSlot slot in _slots)
            {
                Start(slot, cancellationToken);
            }
        }
        else
        {
            Start(_current, cancellationToken);
        }

        _current = _running.Dequeue();
        return await _current.Work.ConfigureAwait(false);
    }

    /// <summary>Gives the row the content of the next series; false when more has to be loaded.</summary>
    public bool TryNext(StepSeries row) => _current!.TryNext(row);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        foreach (PipelineSlot slot in _slots)
        {
            await ((Task)slot.Work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (PipelineSlot slot in _slots)
        {
            slot.Dispose();
        }

        _query.Pools.Workers.Return(_workers);
    }

    private void Start(PipelineSlot slot, CancellationToken cancellationToken)
    {
        // Continuations run elsewhere: whoever has read a batch goes on with computing it.
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task turn = _turn;
        _turn = read.Task;
        slot.Work = Task.Run(() => WorkAsync(slot, turn, read, cancellationToken), CancellationToken.None);
        _running.Enqueue(slot);
    }

    private async Task<bool> WorkAsync(PipelineSlot slot, Task turn, TaskCompletionSource read, CancellationToken cancellationToken)
    {
        bool any;
        try
        {
            await turn.ConfigureAwait(false);
            any = !_stopping && await _series.ReadAsync(slot.Batch, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _stopping = true; // before the turn is passed on: nobody reads behind a failure
            throw;
        }
        finally
        {
            read.SetResult();
        }

        slot.Begin(any);
        for (int rows = 0; slot.ComputeNext(); rows++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_stopping && rows > 0)
            {
                break;
            }
        }

        return any;
    }
}
