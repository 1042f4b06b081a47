using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Merging;

/// <summary>How parts are merged.</summary>
public sealed record MergeOptions
{
    /// <summary>Defaults: everything is kept.</summary>
    public static MergeOptions Default { get; } = new();

    /// <summary>Samples of the tenant before this time (milliseconds since the Unix epoch) are dropped; null keeps all. Asked once per tenant.</summary>
    public Func<TenantId, long>? RetentionFloor { get; init; }

    /// <summary>Called after each input block, a few thousand rows: the place to pace or to yield. May block.</summary>
    public Action? BlockMerged { get; init; }

    /// <summary>Places where a test may stop the process: <c>merge.mid-write</c>, hit after each input block.</summary>
    public Failpoints Failpoints { get; init; } = Failpoints.None;

    /// <summary>Time ranges: each output lies in one of them.</summary>
    public TimeRanges Ranges { get; init; } = TimeRanges.Default;

    /// <summary>Most outputs written at once; each costs a block of rows and a write buffer.</summary>
    public int MaxOpenOutputs { get; init; } = 8;

    /// <summary>Sizes of the outputs.</summary>
    public PartWriterOptions Writer { get; init; } = new() { BufferBytes = 256 << 10 };

    /// <summary>Throws when a value is out of bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Ranges.WidthMs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOpenOutputs, 1);
        Writer.Validate();
    }
}

/// <summary>Outcome of a merge.</summary>
/// <param name="Parts">The new parts, one per time range with samples; none when all samples were past retention.</param>
/// <param name="RowsRead">Samples of all inputs that count, of both kinds.</param>
/// <param name="RowsExpired">Samples dropped because they were older than the retention.</param>
/// <param name="RowsDuplicate">Samples dropped because another one has the same series and time.</param>
public sealed record MergeResult(IReadOnlyList<PartInfo> Parts, long RowsRead, long RowsExpired, long RowsDuplicate);
