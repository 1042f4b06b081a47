using RemoteStore.Model;

namespace RemoteStore.Blocks.Merging;

/// <summary>What a merge of blocks leaves out.</summary>
public sealed record BlockMergeOptions
{
    /// <summary>Everything is kept.</summary>
    public static BlockMergeOptions KeepAll { get; } = new();

    /// <summary>Samples outside are left out.</summary>
    public QueryRange Range { get; init; } = QueryRange.All;

    /// <summary>Leaves out samples by series and time; null to keep all.</summary>
    public ISampleFilter? Filter { get; init; }
}
