using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Primitives.Files;
using RemoteStore.Tsdb.Wal;
using Shouldly;

namespace RemoteStore.Tsdb.Tests.Wal;

/// <summary>A data directory of a test with a log in it; removed at the end.</summary>
internal sealed class WalTestFolder : IDisposable
{
    public WalTestFolder() => Root = Directory.CreateTempSubdirectory("rswal").FullName;

    public string Root { get; }

    public string WalDirectory => Path.Combine(Root, "wal");

    public string Quarantine => Path.Combine(Root, "quarantine", "wal");

    public WalOptions Options => new() { Directory = WalDirectory, PageSizeBytes = 64 << 10, MemoryBytes = 512 << 10, SegmentSizeBytes = 256 << 10 };

    public static byte[] Payload(int number, int sizeBytes)
    {
        byte[] payload = new byte[sizeBytes];
        new Random(number).NextBytes(payload);
        return payload;
    }

    public WriteAheadLog Open(IFileSystem? files = null, Action? beforeCommit = null, WalOptions? options = null, TimeProvider? time = null) =>
        WriteAheadLog.Open(options ?? Options, files ?? LocalFileSystem.Instance, beforeCommit ?? (() => { }), NullLogger.Instance, time ?? TimeProvider.System, null);

    /// <summary>Appends and waits in groups, so that memory never fills up.</summary>
    public static async Task<List<Entry>> AppendAsync(WriteAheadLog log, int count, Func<int, int> sizeBytes, int first = 0)
    {
        var entries = new List<Entry>();
        for (int i = first; i < first + count; i++)
        {
            byte[] payload = Payload(i, sizeBytes(i));
            WalPosition position;
            while (!log.TryAppend(WalEntryType.Rows, payload, out position))
            {
                log.IsFailed.ShouldBeFalse();
                await log.WaitDurableAsync(entries[^1].Position);
            }

            entries.Add(new Entry(WalEntryType.Rows, payload, position));
        }

        if (entries.Count > 0)
        {
            await log.WaitDurableAsync(entries[^1].Position);
        }

        return entries;
    }

    public (List<Entry> Entries, WalReplayReport Report) Replay(string? walDirectory = null)
    {
        var collector = new Collector();
        WalReplayReport report = WalReplay.Run(walDirectory ?? WalDirectory, collector, CancellationToken.None);
        report.Entries.ShouldBe(collector.Entries.Count);
        return (collector.Entries, report);
    }

    public string Segment(uint generation, int segment) => Path.Combine(WalDirectory, $"{generation:x8}", $"{segment:x8}.seg");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    internal sealed record Entry(WalEntryType Type, byte[] Payload, WalPosition Position)
    {
        public bool Equals(Entry? other) => other is not null && Type == other.Type && Position == other.Position && Payload.AsSpan().SequenceEqual(other.Payload);

        public override int GetHashCode() => Position.GetHashCode();
    }

    private sealed class Collector : IWalReplayHandler
    {
        public List<Entry> Entries { get; } = [];

        public void OnEntry(WalEntryType type, ReadOnlySpan<byte> payload, WalPosition position) => Entries.Add(new Entry(type, payload.ToArray(), position));

        public void OnProgress(long bytesDone, long bytesTotal) => bytesDone.ShouldBeLessThanOrEqualTo(bytesTotal);
    }
}
