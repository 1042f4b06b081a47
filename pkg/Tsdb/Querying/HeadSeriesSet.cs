using System.Runtime.CompilerServices;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Memtables;
using RemoteStore.Tsdb.Registry;

namespace RemoteStore.Tsdb.Querying;

/// <summary>
/// Samples of chosen series, merged from memtables and parts. Each batch takes hold of the memtables first and of the parts after, so that rows on
/// their way from the one to the other are seen at least once; duplicates fall to deduplication.
/// </summary>
internal sealed class HeadSeriesSet : ISeriesSet
{
    private const int MaxSeriesPerBatch = 512;
    private const int MaxSamplesPerBatch = 1 << 16; // two columns of 512 KiB, still in the cache of a core when they are used

    private readonly TenantHead _head;
    private readonly PartCatalog _catalog;
    private readonly SeriesRegistry _registry;
    private readonly QueryRange _range;
    private readonly uint[] _refs;
    private readonly bool _labelsOnly;
    private readonly long[] _headRows = new long[MaxSeriesPerBatch];
    private readonly List<(LivePart Part, PartCursor Cursor)> _cursors = [];
    private int _next;
    private bool _disposed;

    public HeadSeriesSet(TenantHead head, PartCatalog catalog, SeriesRegistry registry, QueryRange range, uint[] refs, bool labelsOnly)
    {
        _head = head;
        _catalog = catalog;
        _registry = registry;
        _ = registry.TryRetain(); // the querier holds it still
        _range = range;
        _refs = refs;
        _labelsOnly = labelsOnly;
    }

    /// <inheritdoc/>
    public SeriesBatch Current { get; set; } = new();

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        Current.Clear();
        if (_next >= _refs.Length)
        {
            return false;
        }

        int count = Math.Min(MaxSeriesPerBatch, _refs.Length - _next);
        if (_labelsOnly)
        {
            for (int i = 0; i < count; i++)
            {
                Current.AddSeries(LabelsOf(_refs[_next + i]), 0, 0);
            }

            _next += count;
            return true;
        }

        while (true)
        {
            try
            {
                _next += ReadBatch(count, cancellationToken);
                return true;
            }
            catch (PartReadException e)
            {
                // The part is replaced by what is intact of it; this batch is read again from the new set.
                CloseCursors();
                Current.Clear();
                await _catalog.QuarantineAsync(e.Part, e.Message, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        CloseCursors();
        if (!_disposed)
        {
            _disposed = true;
            _registry.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private int ReadBatch(int count, CancellationToken cancellationToken)
    {
        Memtable[] memtables;
        lock (_head.Lock)
        {
            memtables = _head.RetainMemtables();
            SeriesRegistry current = _head.Registry; // has the newest states; refs are the same in all
            for (int i = 0; i < count; i++)
            {
                ref SeriesState state = ref current.FindState(new SeriesRef(_refs[_next + i]));
                _headRows[i] = Unsafe.IsNullRef(ref state) ? -1 : state.HeadRow;
            }
        }

        try
        {
            OpenCursors();
            int i = 0;
            for (; i < count && Current.Samples.Count < MaxSamplesPerBatch; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadSeries(_refs[_next + i], _headRows[i], memtables);
            }

            return i;
        }
        finally
        {
            foreach (Memtable memtable in memtables)
            {
                memtable.Release();
            }
        }
    }

    private void ReadSeries(uint seriesRef, long row, Memtable[] memtables)
    {
        SampleBuffer samples = Current.Samples;
        int firstFloat = samples.Count;
        int firstHistogram = samples.HistogramCount;
        foreach ((LivePart part, PartCursor cursor) in _cursors)
        {
            try
            {
                cursor.ReadSeries(seriesRef, samples);
            }
            catch (CorruptDataException e)
            {
                throw new PartReadException(part, e);
            }
        }

        int fromMemory = samples.Count;
        foreach (Memtable memtable in memtables)
        {
            if (row < 0)
            {
                break;
            }

            row = memtable.ReadSeries(row, _range.MinTime, _range.MaxTime, samples);
        }

        samples.Reverse(fromMemory);
        samples.SortAndDeduplicate(firstFloat, firstHistogram);
        Current.AddSeries(LabelsOf(seriesRef), firstFloat, firstHistogram);
    }

    private LabelSet LabelsOf(uint seriesRef) => new(_registry.GetLabelMemory(new SeriesRef(seriesRef)));

    private void OpenCursors()
    {
        List<LivePart> parts = _catalog.Retain(_range.MinTime, _range.MaxTime);
        parts.RemoveAll(part =>
        {
            bool foreign = !part.Holds(_head.Tenant);
            if (foreign)
            {
                part.Release();
            }

            return foreign;
        });
        if (parts.SequenceEqual(_cursors.Select(static c => c.Part)))
        {
            parts.ForEach(static p => p.Release()); // the cursors of the batch before hold references and warm caches
            return;
        }

        CloseCursors();
        foreach (LivePart part in parts)
        {
            _cursors.Add((part, part.Reader.OpenCursor(_head.Tenant, _range)));
        }
    }

    private void CloseCursors()
    {
        foreach ((LivePart part, PartCursor cursor) in _cursors)
        {
            cursor.Dispose();
            part.Release();
        }

        _cursors.Clear();
    }

    private sealed class PartReadException(LivePart part, CorruptDataException cause) : IOException(cause.Message, cause)
    {
        public LivePart Part { get; } = part;
    }
}
