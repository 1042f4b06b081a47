using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.Model;

namespace RemoteStore.Compactor.Running;

/// <summary>Blocks that are to become one, and what is left out.</summary>
/// <param name="Reason">Why, a word for marks and metrics.</param>
/// <param name="Inputs">At least one, of one tenant and resolution, by oldest sample.</param>
/// <param name="Range">Range of the new block; holds all samples of the inputs.</param>
/// <param name="Merge">What is left out.</param>
internal sealed record RewriteWork(string Reason, IReadOnlyList<BlockMeta> Inputs, BlockRange Range, BlockMergeOptions Merge)
{
    /// <summary>True when every sample of the inputs is kept, of those at one time one.</summary>
    public bool KeepsAll => Merge.Filter is null && Merge.Range == QueryRange.All;

    /// <summary>True when samples of two inputs may lie at one time.</summary>
    public bool HasOverlaps
    {
        get
        {
            long newest = long.MinValue;
            foreach (BlockMeta input in Inputs)
            {
                if (input.MinTime <= newest)
                {
                    return true;
                }

                newest = Math.Max(newest, input.MaxTime);
            }

            return false;
        }
    }

    /// <summary>What the new block is.</summary>
    public BlockWriterOptions OptionsOf(BlockId id) => new()
    {
        Id = id,
        Tenant = Inputs[0].Tenant,
        Range = Range,
        ResolutionMs = Inputs[0].ResolutionMs,
        Level = 1 + Inputs.Max(static input => input.Level),
        Sources = [.. Inputs.SelectMany(static input => input.SourceBlocks).Distinct().Order().Select(static source => source.ToString())],
        Parents = [.. Inputs.Select(static input => input.Id)],
    };
}
