using System.Globalization;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tool.Commands;

/// <summary><c>rstool wal …</c></summary>
internal static class WalCommands
{
    /// <summary>Reads the log as a start of the server would, and tells what is in it and what is missing.</summary>
    public static int Inspect(DataDirectory directory, TextWriter output, CancellationToken cancellationToken)
    {
        var counter = new EntryCounter();
        WalReplayReport report = WalReplay.Run(directory.Wal, new DiscardingFileSystem(), counter, cancellationToken);

        var table = new TextTable("GENERATION", "KIND", "ENTRIES", "PAYLOAD BYTES", "FIRST AT", "LAST AT");
        foreach (((uint generation, WalEntryType type), Totals totals) in counter.ByKind)
        {
            table.Add(
                generation.ToString("x8", CultureInfo.InvariantCulture), Enum.IsDefined(type) ? type.ToString().ToLowerInvariant() : $"type {(int)type}",
                totals.Entries.ToString(CultureInfo.InvariantCulture), totals.Bytes.ToString(CultureInfo.InvariantCulture),
                totals.First.ToString(), totals.Last.ToString());
        }

        table.WriteTo(output);
        output.WriteLine($"{report.Generations} generations, {report.Entries} entries, {report.BytesRead} bytes read");
        foreach (WalTornTail tail in report.TornTails)
        {
            output.WriteLine($"torn tail: {tail.SizeBytes} bytes behind {tail.From}, an interrupted write that was never acknowledged, or damage to the last entries");
        }

        foreach (WalBadStretch stretch in report.BadStretches)
        {
            output.WriteLine($"LOST: {stretch}");
        }

        if (report.UnreadableBytes > 0)
        {
            output.WriteLine($"UNREADABLE: the disk did not give {report.UnreadableBytes} bytes");
        }

        return report.IsWhole && report.UnreadableBytes == 0 ? ToolCommands.Sound : ToolCommands.Unsound;
    }

    private record struct Totals(long Entries, long Bytes, WalPosition First, WalPosition Last);

    private sealed class EntryCounter : IWalReplayHandler
    {
        public SortedDictionary<(uint Generation, WalEntryType Type), Totals> ByKind { get; } = [];

        public void OnEntry(WalEntryType type, ReadOnlySpan<byte> payload, WalPosition position)
        {
            (uint, WalEntryType) kind = (position.Generation, type);
            Totals before = ByKind.TryGetValue(kind, out Totals found) ? found : new Totals(0, 0, position, position);
            ByKind[kind] = before with { Entries = before.Entries + 1, Bytes = before.Bytes + payload.Length, Last = position };
        }

        public void OnProgress(long bytesDone, long bytesTotal)
        {
        }
    }
}
