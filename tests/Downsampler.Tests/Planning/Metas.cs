using RemoteStore.Blocks.Format;
using RemoteStore.Model;

namespace RemoteStore.Downsampler.Tests.Planning;

/// <summary>Metas of blocks that are nowhere. Times are in hours.</summary>
internal static class Metas
{
    public const long HourMs = 3_600_000;
    public const long Minutes5 = 300_000;

    public static DownsamplerOptions Options { get; } = new() { WorkDirectory = "nowhere" };

    public static BlockId Id(int number) => new(0x0190_0000_0000_0000, (ulong)number);

    /// <summary>A block.</summary>
    /// <param name="number">Its id.</param>
    /// <param name="from">Start of its range, hours.</param>
    /// <param name="to">End of its range, hours.</param>
    /// <param name="resolutionMs">0 for samples.</param>
    /// <param name="sources">Cut blocks in it; none for a block that was cut itself.</param>
    public static BlockMeta Block(int number, int from, int to, long resolutionMs = 0, params int[] sources) => new()
    {
        Id = Id(number),
        Tenant = TenantId.Anonymous,
        Range = new BlockRange(from * HourMs, to * HourMs),
        MinTime = from * HourMs,
        MaxTime = (to * HourMs) - 1,
        ResolutionMs = resolutionMs,
        Level = sources.Length == 0 ? 1 : 2,
        Sources = sources.Length == 0 ? ["part"] : [.. sources.Select(static source => Id(source).ToString())],
        Stats = new BlockStats { Series = 1 },
        Files = [],
    };
}
