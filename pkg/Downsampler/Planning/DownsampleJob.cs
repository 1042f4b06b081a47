using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;

namespace RemoteStore.Downsampler.Planning;

/// <summary>A downsampled block to be made.</summary>
/// <param name="ResolutionMs">Length of its windows, milliseconds.</param>
/// <param name="Range">Range of the block: whole days.</param>
/// <param name="Inputs">What it is made of, by time.</param>
/// <param name="Sources">All cut blocks whose samples it sums up; so it supersedes what there was of its resolution in the range.</param>
public sealed record DownsampleJob(long ResolutionMs, BlockRange Range, IReadOnlyList<DownsampleInput> Inputs, IReadOnlyList<BlockId> Sources)
{
    /// <summary>What the block is.</summary>
    public BlockWriterOptions OptionsOf(BlockId id) => new()
    {
        Id = id,
        Tenant = Inputs[0].Block.Tenant,
        Range = Range,
        ResolutionMs = ResolutionMs,
        Level = 1 + Inputs.Max(static input => input.Block.Level),
        Sources = [.. Sources.Select(static source => source.ToString())],
        Parents = [.. Inputs.Select(static input => input.Block.Id).Distinct()],
    };
}

/// <summary>A block, and the stretch of time that it stands for.</summary>
/// <param name="Block">A block of samples, or of windows.</param>
/// <param name="Range">Samples outside are not taken.</param>
public sealed record DownsampleInput(BlockMeta Block, QueryRange Range);
