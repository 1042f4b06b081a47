using RemoteStore.Primitives.Hashing;
using RemoteStore.Primitives.Memory;
using RemoteStore.PromQL.Annotations;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Execution;

/// <summary>What all operators of a query share: limits, memory, annotations, storage.</summary>
internal sealed class QueryContext(EngineOptions options, ColumnPools pools, bool isRange, MemoryBudget? shared = null) : IDisposable
{
    private readonly List<double[]> _ofPlan = [];
    private long _held;
    private long _peakSamples;
    private long _samplesRead;
    private long _seriesRead;

    public EngineOptions Options { get; } = options;

    /// <summary>What the queries of an engine share.</summary>
    public ColumnPools Pools { get; } = pools;

    public QueryMemory Memory { get; } = new(pools, options.MaxMemoryBytes, shared);

    public AnnotationSet Annotations { get; } = new();

    /// <summary>
    /// True while plans may rest on series of one metric not differing in <c>__type__</c> or <c>__unit__</c> alone; who finds one that does throws
    /// <see cref="AssumptionFailedException"/>.
    /// </summary>
    public bool AssumesOneType { get; init; } = true;

    /// <summary>Given up by the caller, or out of time.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The view of storage, from <see cref="Open"/> on.</summary>
    public IQuerier Querier { get; private set; } = null!;

    /// <summary>True for a range query, whose results are ordered by labels.</summary>
    public bool IsRange { get; } = isRange;

    /// <summary>Hash of label bytes, seeded per query.</summary>
    public KeyHash Hash { get; } = new();

    public long LookbackMs { get; } = (long)options.LookbackDelta.TotalMilliseconds;

    /// <summary>Time that ordering the answer took.</summary>
    public TimeSpan SortTime { get; set; }

    public long PeakSamples => Interlocked.Read(ref _peakSamples);

    public long SamplesRead => Interlocked.Read(ref _samplesRead);

    public long SeriesRead => Interlocked.Read(ref _seriesRead);

    /// <summary>Sets the view of storage, which the plan had to be made for.</summary>
    public void Open(IQuerier querier) => Querier = querier;

    /// <summary>Ends the evaluation when nobody waits for it any more. Cheap; called for each series and, where one takes long, within it.</summary>
    /// <exception cref="OperationCanceledException">The query was cancelled or is out of time.</exception>
    public void ThrowIfCancelled() => CancellationToken.ThrowIfCancellationRequested();

    /// <summary>Counts samples that are now held.</summary>
    /// <returns>The same number, for <see cref="LetGo"/>.</returns>
    /// <exception cref="QueryException">There are too many; these were not counted.</exception>
    public long Hold(long samples)
    {
        long now = Interlocked.Add(ref _held, samples);
        if (now > Options.MaxSamples)
        {
            Interlocked.Add(ref _held, -samples);
            throw QueryException.TooManySamples();
        }

        if (now > Interlocked.Read(ref _peakSamples))
        {
            Interlocked.Exchange(ref _peakSamples, now);
        }

        return samples;
    }

    /// <summary>Counts samples that are no longer held.</summary>
    public void LetGo(long samples) => Interlocked.Add(ref _held, -samples);

    /// <summary>Counts series from storage.</summary>
    /// <exception cref="QueryException">There are too many.</exception>
    /// <exception cref="OperationCanceledException">The query was cancelled or is out of time.</exception>
    public void Read(int series, long samples)
    {
        ThrowIfCancelled();
        Interlocked.Add(ref _samplesRead, samples);
        if (Interlocked.Add(ref _seriesRead, series) > Options.MaxSeries)
        {
            throw QueryException.TooManySeries(Options.MaxSeries);
        }
    }

    /// <summary>Rents a column of doubles that the plan needs before it is complete; it lives as long as the query. Not safe for concurrent use.</summary>
    public double[] RentForPlan(int length)
    {
        double[] column = Memory.RentDoubles(length);
        _ofPlan.Add(column);
        return column;
    }

    /// <summary>Gives back what the plan held.</summary>
    public void Dispose()
    {
        foreach (double[] column in _ofPlan)
        {
            Memory.Return(column);
        }

        _ofPlan.Clear();
        Memory.Dispose();
    }
}
