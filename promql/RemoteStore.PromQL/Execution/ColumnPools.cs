namespace RemoteStore.PromQL.Execution;

/// <summary>The columns of an engine.</summary>
internal sealed class ColumnPools
{
    private const long RetainedElements = 4 << 20;

    public ColumnPool<double> Doubles { get; } = new(RetainedElements);

    public ColumnPool<ulong> Words { get; } = new(RetainedElements / 8);

    public ColumnPool<long> Longs { get; } = new(RetainedElements / 4);

    public ColumnPool<int> Ints { get; } = new(RetainedElements / 4);

    public ColumnPool<byte> Bytes { get; } = new(RetainedElements);

    /// <summary>Batches that storage fills.</summary>
    public BatchPool Batches { get; } = new();

    /// <summary>Tasks that queries may run beside their own.</summary>
    public WorkerBudget Workers { get; } = new();

    /// <summary>Columns that are handed out now: zero when no query runs.</summary>
    public long Outstanding => Doubles.Rented - Doubles.Returned + Words.Rented - Words.Returned + Longs.Rented - Longs.Returned
        + Ints.Rented - Ints.Returned + Bytes.Rented - Bytes.Returned;
}
