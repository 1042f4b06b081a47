using RemoteStore.Primitives.Hashing;
using RemoteStore.PromQL.Annotations;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Execution;

/// <summary>What all operators of a query share: limits, memory, annotations, storage.</summary>
internal sealed class QueryContext(EngineOptions options, ColumnPools pools, bool isRange)
{
    private long _held;
    private long _peakSamples;
    private long _samplesRead;
    private long _seriesRead;
    private long _samplesLooked;

    public EngineOptions Options { get; } = options;

    public QueryMemory Memory { get; } = new(pools, options.MaxMemoryBytes);

    public AnnotationSet Annotations { get; } = new();

    /// <summary>The view of storage, from <see cref="Open"/> on.</summary>
    public IQuerier Querier { get; private set; } = null!;

    /// <summary>True for a range query, whose results are ordered by labels.</summary>
    public bool IsRange { get; } = isRange;

    /// <summary>Hash of label bytes, seeded per query.</summary>
    public KeyHash Hash { get; } = new();

    public long LookbackMs { get; } = (long)options.LookbackDelta.TotalMilliseconds;

    public long SamplesLooked => Interlocked.Read(ref _samplesLooked);

    public long PeakSamples => Interlocked.Read(ref _peakSamples);

    public long SamplesRead => Interlocked.Read(ref _samplesRead);

    public long SeriesRead => Interlocked.Read(ref _seriesRead);

    /// <summary>Sets the view of storage, which the plan had to be made for.</summary>
    public void Open(IQuerier querier) => Querier = querier;

    /// <summary>Counts samples that are now held.</summary>
    /// <returns>The same number, for <see cref="LetGo"/>.</returns>
    /// <exception cref="QueryException">There are too many.</exception>
    public long Hold(long samples)
    {
        long now = Interlocked.Add(ref _held, samples);
        if (now > Interlocked.Read(ref _peakSamples))
        {
            Interlocked.Exchange(ref _peakSamples, now);
        }

        return now <= Options.MaxSamples ? samples : throw QueryException.TooManySamples();
    }

    /// <summary>Counts samples that are no longer held.</summary>
    public void LetGo(long samples) => Interlocked.Add(ref _held, -samples);

    /// <summary>Counts a series from storage.</summary>
    public void Read(int samples)
    {
        Interlocked.Add(ref _samplesRead, samples);
        if (Interlocked.Increment(ref _seriesRead) > Options.MaxSeries)
        {
            throw QueryException.TooManySeries(Options.MaxSeries);
        }
    }

    /// <summary>Counts samples that steps looked at.</summary>
    public void Looked(long samples) => Interlocked.Add(ref _samplesLooked, samples);
}
