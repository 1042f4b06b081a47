using System.Buffers.Binary;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tool.Commands;

/// <summary>
/// <c>rstool import openmetrics</c>: a text file into blocks. The file is read once to learn which times it has, then once for each day, or for each part of a day that
/// has too many samples to hold: lines of a series need not be together.
/// </summary>
internal sealed class OpenMetricsImport(StoppedStore store, TenantId tenant, TextWriter output, ProgressLine progress)
{
    private const long WindowMs = 7_200_000;
    private const long DayMs = 86_400_000;
    private const long MaxSamplesAtOnce = 8_000_000;

    /// <summary>Imports a file.</summary>
    /// <exception cref="FormatException">A line is not well formed, or has no time; nothing is imported. The message names it.</exception>
    /// <exception cref="IOException">The file or the bucket cannot be used.</exception>
    public async Task<int> RunAsync(string path, CancellationToken cancellationToken)
    {
        var file = new OpenMetricsFile(path);
        SortedDictionary<long, long> windows = CountWindows(file, cancellationToken);
        BucketImport bucket = await BucketImport.BeginAsync(store, tenant, cancellationToken);
        int imported = 0;
        int known = 0;
        long samples = 0;
        foreach (QueryRange times in Plan(windows))
        {
            BlockId id = IdOf(file.ContentHash, times);
            if (bucket.Holds(id))
            {
                known++;
                continue;
            }

            bucket.CheckDeletions(times);
            BlockMeta meta = Write(file, times, id, cancellationToken, out string directory);
            await bucket.AddAsync(directory, cancellationToken);
            progress.Clear();
            imported++;
            samples += meta.Stats.FloatSamples;
            output.WriteLine($"{id}: {meta.Stats.FloatSamples} samples of {meta.Stats.Series} series from {TimeText.Format(meta.MinTime)} to {TimeText.Format(meta.MaxTime)}");
        }

        await bucket.FinishAsync(cancellationToken);
        output.WriteLine($"{imported} blocks with {samples} samples imported for tenant {tenant}, {known} blocks were there");
        return ToolCommands.Sound;
    }

    /// <summary>Samples per window of two hours.</summary>
    private SortedDictionary<long, long> CountWindows(OpenMetricsFile file, CancellationToken cancellationToken)
    {
        var windows = new SortedDictionary<long, long>();
        file.ReadAll(
            (_, timestampMs, _) =>
            {
                long start = BlockRange.Containing(timestampMs, WindowMs).Start;
                windows[start] = windows.GetValueOrDefault(start) + 1;
            },
            done => progress.Report("read", done, file.LengthBytes),
            cancellationToken);
        progress.Clear();
        return windows;
    }

    /// <summary>Times that become a block each: whole days where they fit into memory.</summary>
    private static List<QueryRange> Plan(SortedDictionary<long, long> windows)
    {
        var plan = new List<QueryRange>();
        long samples = 0;
        foreach ((long start, long count) in windows)
        {
            long last = BlockRange.Containing(start, WindowMs).End - 1;
            bool joins = plan.Count > 0 && samples + count <= MaxSamplesAtOnce
                && BlockRange.Containing(plan[^1].MinTime, DayMs) == BlockRange.Containing(start, DayMs);
            if (joins)
            {
                plan[^1] = plan[^1] with { MaxTime = last };
                samples += count;
            }
            else
            {
                plan.Add(new(start, last));
                samples = count;
            }
        }

        return plan;
    }

    private BlockMeta Write(OpenMetricsFile file, QueryRange times, BlockId id, CancellationToken cancellationToken, out string directory)
    {
        var series = new CollectedTimes();
        file.ReadAll(
            (labels, timestampMs, bits) =>
            {
                if (times.Contains(timestampMs))
                {
                    series.Add(labels, timestampMs, bits);
                }
            },
            done => progress.Report($"read for {TimeText.Format(times.MinTime)}", done, file.LengthBytes),
            cancellationToken);
        directory = Path.Combine(store.Work, tenant.Name, id.ToString());
        BlockRange window = BlockRange.Containing(times.MinTime, WindowMs);
        using BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, directory, new()
        {
            Id = id,
            Tenant = tenant,
            Range = window.Contains(times.MaxTime) ? window : BlockRange.Containing(times.MinTime, DayMs),
            Sources = [$"openmetrics/{Convert.ToHexStringLower(file.ContentHash.AsSpan(0, 8))}"],
        });
        var samples = new SampleBuffer();
        foreach ((byte[] labels, List<(long TimestampMs, long Bits)> values) in series.All)
        {
            samples.Clear();
            foreach ((long timestampMs, long bits) in values)
            {
                samples.Add(timestampMs, bits);
            }

            samples.SortAndDeduplicate(0, 0);
            writer.AddSeries(labels, samples);
        }

        return writer.Finish(cancellationToken);
    }

    /// <summary>The same for the same content and times.</summary>
    private static BlockId IdOf(byte[] contentHash, QueryRange times)
    {
        ulong createdMs = (ulong)Math.Clamp(times.MaxTime, 0, (1L << 48) - 1);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(contentHash) ^ (ulong)times.MinTime;
        return new((createdMs << 16) | BinaryPrimitives.ReadUInt16BigEndian(contentHash.AsSpan(sizeof(ulong))), low);
    }
}
