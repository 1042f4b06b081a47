using System.Globalization;
using RemoteStore.Storage.Administration;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Recovery;

/// <summary>Puts what replay could not read into the words of the status endpoint.</summary>
internal static class LostWindows
{
    /// <summary>Entries are missing between two that were read.</summary>
    public static LostWindow Of(WalBadStretch gap) => new(
        Name(gap.From),
        gap.FirstSegment,
        gap.FromOffset,
        gap.FirstSegment == gap.LastSegment ? gap.ToOffset : gap.FromOffset + (gap.To.Address - gap.From.Address),
        unchecked((long)(gap.FirstLostSequence ?? 0)),
        unchecked((long?)gap.LastLostSequence),
        CopiedTo(gap.Copies),
        "entries are missing or do not match their checksum");

    /// <summary>Something follows the last entry that was read.</summary>
    public static LostWindow Of(WalTornTail tail) => new(
        Name(tail.From),
        string.Empty,
        tail.From.Address,
        tail.From.Address + tail.SizeBytes,
        0,
        null,
        CopiedTo(tail.Copies),
        "bytes after the last whole entry: an interrupted write that was never acknowledged, or damage to the last entries");

    private static string Name(WalPosition position) => position.Generation.ToString("x8", CultureInfo.InvariantCulture);

    private static string? CopiedTo(IReadOnlyList<string> copies) => copies.Count == 0 ? null : string.Join(", ", copies);
}
