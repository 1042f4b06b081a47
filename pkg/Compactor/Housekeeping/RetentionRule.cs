using RemoteStore.Blocks.Format;
using RemoteStore.Limits;

namespace RemoteStore.Compactor.Housekeeping;

/// <summary>
/// Which blocks are past their retention, as of one moment. A block that coarser windows are still to be made of is not, however old it is: a downsampler that is
/// behind loses nothing.
/// </summary>
internal sealed class RetentionRule
{
    private readonly TenantRetention _retention;
    private readonly long _nowMs;
    private readonly HashSet<(long ResolutionMs, BlockId Source)> _windows;

    /// <summary>Takes the tenant as it is.</summary>
    /// <param name="retention">How long its samples are kept.</param>
    /// <param name="sound">Its blocks that answers rest on.</param>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    public RetentionRule(TenantRetention retention, IEnumerable<BlockMeta> sound, long nowMs)
    {
        _retention = retention;
        _nowMs = nowMs;
        _windows =
        [
            .. sound.Where(static block => block.ResolutionMs > 0)
                .SelectMany(static block => block.SourceBlocks, static (block, source) => (block.ResolutionMs, source)),
        ];
    }

    /// <summary>True when all samples of a block are past the retention of their resolution, whatever is to be made of them.</summary>
    public bool IsPast(BlockMeta block) => IsPast(block, block.ResolutionMs);

    /// <summary>True when nothing of a block is wanted any more, neither to be read nor to be downsampled.</summary>
    public bool IsExpired(BlockMeta block) => IsPast(block) && _retention.Made.All(coarser => !IsNeededFor(block, coarser));

    private bool IsPast(BlockMeta block, long resolutionMs) => block.MaxTime < _retention.FloorMs(resolutionMs, _nowMs);

    private bool IsNeededFor(BlockMeta block, long coarserMs)
    {
        long? finer = _retention.FinerThan(coarserMs);
        bool canBeMadeOfIt = block.ResolutionMs == 0 || finer == block.ResolutionMs;
        return canBeMadeOfIt && !IsPast(block, coarserMs) && !IsIn(block, coarserMs)
            && !(block.ResolutionMs == 0 && finer is { } between && IsIn(block, between)); // which are kept until the coarser ones are made of them
    }

    private bool IsIn(BlockMeta block, long resolutionMs) => block.SourceBlocks.All(source => _windows.Contains((resolutionMs, source)));
}
