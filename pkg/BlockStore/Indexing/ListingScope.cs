using System.Numerics;
using RemoteStore.Blocks.Format;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>
/// Which blocks of a tenant are listed at a time. Names of blocks begin with the time at which they were made, so those of a time are one listing of a short prefix:
/// the newest are listed each time, and beside them in turn a stretch of the older ones. What that costs does not grow with the number of blocks.
/// </summary>
/// <remarks>Everything is listed where that takes few requests, where nothing is known yet, and where it is not certain which blocks are new.</remarks>
internal sealed class ListingScope
{
    /// <summary>Objects that are listed as a whole: three requests, no more than a part takes.</summary>
    internal const int WholeObjects = 3000;

    private const int ObjectsOfBlock = 3;
    private const int NewestLength = 5; // 32^5 ms, some nine hours
    private const int OlderLength = 4; // twelve days
    private const int TimeLength = 10; // digits of milliseconds in a name
    private const int MaxOlder = 300; // blocks, of three objects and what is not known yet
    private const int MaxExpected = 20; // a request each
    private const int MaxNewest = 4; // with more of them it is not known what happened since the last listing
    private static readonly long s_skewMs = (long)TimeSpan.FromMinutes(10).TotalMilliseconds; // of the clocks of processes
    private static readonly long s_reachMs = (long)TimeSpan.FromHours(6).TotalMilliseconds; // between the making of a block and the end of its upload, mostly

    private readonly IReadOnlyList<string> _prefixes;

    private ListingScope(IReadOnlyList<string> prefixes) => _prefixes = prefixes;

    /// <summary>Everything.</summary>
    public static ListingScope Whole { get; } = new([]);

    /// <summary>True when everything of the tenant is listed.</summary>
    public bool IsWhole => _prefixes.Count == 0;

    /// <summary>How the names of blocks begin that are listed; none when all are. None of them begins with another.</summary>
    public IReadOnlyList<string> Prefixes => _prefixes;

    /// <summary>True when a block is listed if it is there.</summary>
    public bool Covers(BlockId block)
    {
        string name = block.ToString();
        return IsWhole || _prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>Chooses.</summary>
    /// <param name="known">The index so far; null when there is none.</param>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    /// <param name="turn">Rises with each listing of the tenant; 0 = the first one of this process.</param>
    /// <param name="expected">Blocks that are known to be new, however old their names.</param>
    public static ListingScope Choose(BucketIndex? known, long nowMs, int turn, IReadOnlyCollection<BlockId> expected)
    {
        if (known is null || turn == 0 || expected.Count > MaxExpected || (known.Blocks.Count * ObjectsOfBlock) + known.DeletionMarks.Count + known.BrokenMarks.Count <= WholeObjects)
        {
            return Whole;
        }

        // A clock that went back has made names between its times before and after.
        List<string> newest = Between(Math.Min(nowMs, known.UpdatedAtMs) - s_reachMs, Math.Max(nowMs, known.UpdatedAtMs) + s_skewMs, NewestLength, MaxNewest);
        if (newest.Count > MaxNewest)
        {
            return Whole;
        }

        string[] all = [OlderAt(known, nowMs, turn), .. newest, .. expected.Select(static block => block.ToString())];
        string[] distinct = [.. all.Distinct(StringComparer.Ordinal)];
        return new([.. distinct.Where(prefix => !distinct.Any(other => other.Length < prefix.Length && prefix.StartsWith(other, StringComparison.Ordinal)))]);
    }

    /// <summary>A stretch of the time since the oldest block, another one each turn; a shorter one where more blocks were made than a listing gives at once.</summary>
    private static string OlderAt(BucketIndex known, long nowMs, int turn)
    {
        var stretches = new List<string>();
        long widthMs = WidthMs(OlderLength);
        long last = Math.Max(nowMs, known.Blocks[^1].Id.CreatedMs);
        for (long ms = known.Blocks[0].Id.CreatedMs / widthMs * widthMs; ms <= last; ms += widthMs)
        {
            Split(known.Blocks, ms, OlderLength, stretches);
        }

        return stretches[turn % stretches.Count];
    }

    private static void Split(IReadOnlyList<BlockRecord> blocks, long fromMs, int length, List<string> stretches)
    {
        if (length == TimeLength || FirstFrom(blocks, fromMs + WidthMs(length)) - FirstFrom(blocks, fromMs) <= MaxOlder)
        {
            stretches.Add(At(fromMs, length));
            return;
        }

        for (int digit = 0; digit < 32; digit++)
        {
            Split(blocks, fromMs + (digit * WidthMs(length + 1)), length + 1, stretches);
        }
    }

    /// <summary>Number of the first block that was made at a time or later.</summary>
    private static int FirstFrom(IReadOnlyList<BlockRecord> blocks, long ms)
    {
        int low = 0;
        for (int high = blocks.Count; low < high;)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = blocks[middle].Id.CreatedMs < ms ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Prefixes of a length for a range of time, at most one more than <paramref name="max"/>.</summary>
    private static List<string> Between(long fromMs, long toMs, int length, int max)
    {
        long widthMs = WidthMs(length);
        var prefixes = new List<string>();
        for (long ms = Math.Max(0, fromMs) / widthMs * widthMs; ms <= toMs && prefixes.Count <= max; ms += widthMs)
        {
            prefixes.Add(At(ms, length));
        }

        return prefixes;
    }

    private static string At(long ms, int length) => new BlockId((ulong)ms << 16, 0).ToString()[..length];

    /// <summary>Time that blocks of one prefix are made in: the first digits of base 32 are milliseconds.</summary>
    private static long WidthMs(int length) => 1L << (BitOperations.Log2(32) * (TimeLength - length));
}
