using RemoteStore.PromQL.Annotations;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// A batch on its way through a pipeline, with the rows computed of it. Belongs to one thread at a time: to the task that reads and computes, then to the
/// consumer. When the rows of the whole batch would take much memory, only the first are computed ahead, the others when the consumer asks for them.
/// </summary>
internal sealed class PipelineSlot : IDisposable
{
    private const int MaxValues = 1 << 18; // 2 MiB

    private readonly QueryContext _query;
    private readonly int _steps;
    private readonly AnnotationSet _annotations = new();
    private readonly Func<AnnotationSet, SeriesComputation> _create;
    private SeriesComputation? _computation; // from the first series on: it holds memory
    private readonly List<StepSeries> _rows = [];
    private readonly List<(int Row, AnnotationSet Found)> _found = []; // what was reported until the row was done
    private int _computed; // series computed or passed over
    private int _filled; // rows that hold a series
    private int _taken; // rows that the consumer took
    private int _told; // of _found

    public PipelineSlot(QueryContext query, int steps, Func<AnnotationSet, SeriesComputation> create)
    {
        _query = query;
        _steps = steps;
        _create = create;
        Batch = query.Pools.Batches.Rent();
    }

    /// <summary>What storage fills.</summary>
    public SeriesBatch Batch { get; }

    /// <summary>What is being done: false when there was no batch left.</summary>
    public Task<bool> Work { get; set; } = Task.FromResult(false);

    /// <summary>Begins with a batch that has been read, or without one.</summary>
    public void Begin(bool any)
    {
        if (!any)
        {
            Batch.Clear();
        }

        _computed = 0;
        ForgetRows();
    }

    /// <summary>Computes a series ahead; false when there is none left, or no room for it.</summary>
    public bool ComputeNext()
    {
        if (_computed == Batch.Count || (_filled > 0 && (_filled + 1L) * _steps > MaxValues))
        {
            return false;
        }

        if (_filled == _rows.Count)
        {
            _rows.Add(new StepSeries(_query.Memory, _steps));
        }

        _computation ??= _create(_annotations);
        bool any = _computation.Compute(Batch, _computed++, _rows[_filled]);
        if (!_annotations.IsEmpty)
        {
            var found = new AnnotationSet();
            _annotations.MoveTo(found);
            _found.Add((_filled, found));
        }

        _filled += any ? 1 : 0;
        return true;
    }

    /// <summary>Gives the row the content of the next series; false when none is left. Reports come with the series that they are about.</summary>
    public bool TryNext(StepSeries row)
    {
        while (true)
        {
            if (_taken < _filled)
            {
                Tell(_taken);
                row.Swap(_rows[_taken++]);
                return true;
            }

            Tell(int.MaxValue);
            if (_computed == Batch.Count)
            {
                return false;
            }

            ForgetRows();
            _ = ComputeNext();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _computation?.Dispose();
        _rows.ForEach(static row => row.Dispose());
        _query.Pools.Batches.Return(Batch);
    }

    private void ForgetRows()
    {
        _filled = 0;
        _taken = 0;
        _told = 0;
        _found.Clear();
    }

    private void Tell(int row)
    {
        for (; _told < _found.Count && _found[_told].Row <= row; _told++)
        {
            _found[_told].Found.MoveTo(_query.Annotations);
        }
    }
}
