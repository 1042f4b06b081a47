namespace RemoteStore.PromQL.Execution;

/// <summary>Samples that the evaluations of a query looked at, together and by step. Safe for concurrent use.</summary>
/// <param name="steps">Steps of the query when it is to be counted by step, else 0.</param>
internal sealed class SampleCounts(int steps)
{
    private readonly long[] _perStep = new long[steps];
    private long _total;

    /// <summary>True when samples are counted by step.</summary>
    public bool HasSteps => _perStep.Length > 0;

    /// <summary>All samples.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Samples by step; empty when they are not counted so.</summary>
    public IReadOnlyList<long> PerStep => _perStep;

    /// <summary>Counts samples of no step in particular.</summary>
    public void Add(long samples) => Interlocked.Add(ref _total, samples);

    /// <summary>Counts samples of a step.</summary>
    public void AddAt(int step, long samples)
    {
        Interlocked.Add(ref _total, samples);
        if (step < _perStep.Length)
        {
            Interlocked.Add(ref _perStep[step], samples);
        }
    }

    /// <summary>Counts the same number of samples at every step.</summary>
    /// <param name="count">Number of steps.</param>
    /// <param name="samples">Samples of each.</param>
    public void AddAtAll(int count, long samples)
    {
        Interlocked.Add(ref _total, count * samples);
        for (int step = 0; step < _perStep.Length; step++)
        {
            Interlocked.Add(ref _perStep[step], samples);
        }
    }
}
