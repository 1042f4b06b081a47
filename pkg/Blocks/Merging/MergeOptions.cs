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

    /// <summary>Sizes of the output.</summary>
    public PartWriterOptions Writer { get; init; } = PartWriterOptions.Default;
}

/// <summary>Outcome of a merge.</summary>
/// <param name="Part">The new part; possibly empty when all samples were past retention.</param>
/// <param name="RowsRead">Samples of all inputs, of both kinds.</param>
/// <param name="RowsExpired">Samples dropped because they were older than the retention.</param>
/// <param name="RowsDuplicate">Samples dropped because another one has the same series and time.</param>
public sealed record MergeResult(PartInfo Part, long RowsRead, long RowsExpired, long RowsDuplicate);
