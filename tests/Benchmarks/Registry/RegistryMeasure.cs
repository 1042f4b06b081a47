using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Files;
using RemoteStore.Tsdb.Registry;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Benchmarks.Registry;

/// <summary>
/// Measures the series registry in one go: creation, hits in scrape order and at random, memory, series log, snapshot, load and selectors.
/// Run it with <c>registry [series]</c>; series are those of <see cref="SeriesKeys"/>.
/// </summary>
internal static class RegistryMeasure
{
    private const int RequestSeries = 2000;

    /// <summary>Runs all measurements and prints a line for each.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        int series = args.IsEmpty ? 1_000_000 : int.Parse(args[0], CultureInfo.InvariantCulture);
        string directory = Directory.CreateTempSubdirectory("remotestore-registry-measure").FullName;
        try
        {
            MeasureIn(directory, SeriesKeys.Create(100_000), quiet: true); // the compiler's tiers settle here
            Directory.Delete(directory, recursive: true);
            SeriesKeys keys = SeriesKeys.Create(series);
            MeasureIn(directory, keys, quiet: false);
            Report(false, "create, compiled code", Least(3, () => CreateAnew(keys)), series);
            MeasureShuffled(keys);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void MeasureIn(string directory, SeriesKeys keys, bool quiet)
    {
        int series = keys.Count;
        using (TenantRegistryStore store = Open(directory))
        {
            SeriesRegistry registry = store.Registry;
            Report(quiet, "canonicalize alone", Time(() => Canonicalize(keys)), series);
            long rss = ResidentBytes();
            Report(quiet, "create", Time(() => Create(registry, keys)), series);
            if (!quiet)
            {
                Line($"native bytes/series {(double)registry.AllocatedBytes / series:0.0}, RSS {(double)(ResidentBytes() - rss) / series:0.0}, keys "
                    + $"{keys.AverageLength:0.0}, of these index {(double)registry.Index.AllocatedBytes / series:0.0} ({registry.Index.PairCount} pairs)");
            }

            Report(quiet, "series log append and sync", Time(() => store.AppendPending()), series);
            int[] shuffled = [.. Enumerable.Range(0, series)];
            new Random(1).Shuffle(shuffled);
            SeriesKeys random = keys.Gather(shuffled);
            int rounds = Math.Max(4, 20_000_000 / series);
            Report(quiet, "hit, scrape order, two passes of prefetch", Least(rounds, () => Hit(registry, keys, prefetch: true)), series);
            Report(quiet, "hit, random, two passes of prefetch", Least(rounds, () => Hit(registry, random, prefetch: true)), series);
            Report(quiet, "hit, random, no prefetch", Least(rounds, () => Hit(registry, random, prefetch: false)), series);
            Report(quiet, "snapshot", Time(() => store.SaveSnapshotAsync(static _ => default, CancellationToken.None).AsTask().GetAwaiter().GetResult()), series);
            Select(quiet, registry);
        }

        if (!quiet)
        {
            foreach (string file in Directory.GetFiles(directory).Order(StringComparer.Ordinal))
            {
                Line($"{Path.GetFileName(file)[..4]}…: {(double)new FileInfo(file).Length / series:0.0} bytes/series");
            }
        }

        Report(quiet, "load from the snapshot", Time(() => Open(directory).Dispose()), series);
        foreach (string snapshot in Directory.GetFiles(directory, "snapshot-*"))
        {
            File.Delete(snapshot);
        }

        Report(quiet, "load from the log alone", Time(() => Open(directory).Dispose()), series);
    }

    private static void CreateAnew(SeriesKeys keys)
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        Create(registry, keys);
    }

    /// <summary>The least favourable order: no series has labels in common with the one before, and lists have no runs.</summary>
    private static void MeasureShuffled(SeriesKeys keys)
    {
        int[] order = [.. Enumerable.Range(0, keys.Count)];
        new Random(1).Shuffle(order);
        SeriesKeys shuffled = keys.Gather(order);
        using var registry = new SeriesRegistry(LabelLimits.Default);
        Report(false, "create in random order", Time(() => Create(registry, shuffled)), keys.Count);
        Line($"native bytes/series {(double)registry.AllocatedBytes / keys.Count:0.0}, of these index {(double)registry.Index.AllocatedBytes / keys.Count:0.0}");
    }

    private static void Select(bool quiet, SeriesRegistry registry)
    {
        (string What, LabelMatcher[] Matchers)[] selectors =
        [
            ("one metric", [new(MatchType.Equal, "__name__", "metric_seconds_7")]),
            ("one metric of one pod", [new(MatchType.Equal, "__name__", "metric_seconds_7"), new(MatchType.Equal, "pod", "api-00000042")]),
            ("one metric without one job", [new(MatchType.Equal, "__name__", "metric_seconds_7"), new(MatchType.NotEqual, "job", "job-3")]),
            ("pattern over all pods", [new(MatchType.Regexp, "pod", ".*-0000.*7")]),
            ("all series", [new(MatchType.Regexp, "__name__", ".+")]),
        ];
        foreach ((string what, LabelMatcher[] matchers) in selectors)
        {
            uint[] found = [];
            double ns = Time(() => found = registry.Index.Select(matchers, registry.RefEnd, registry, CancellationToken.None));
            if (!quiet)
            {
                Line($"select {what}: {ns / 1e6:0.00} ms, {found.Length} series");
            }
        }
    }

    private static void Canonicalize(SeriesKeys keys)
    {
        var canonicalizer = new LabelCanonicalizer(LabelLimits.Default);
        for (int i = 0; i < keys.Count; i++)
        {
            if (canonicalizer.Canonicalize(keys[i], out _) != AppendStatus.Ok)
            {
                throw new InvalidOperationException("labels are refused");
            }
        }
    }

    private static void Create(SeriesRegistry registry, SeriesKeys keys)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            ReadOnlySpan<byte> key = keys[i];
            ulong hash = registry.Hash(key);
            if (!Unsafe.IsNullRef(ref registry.Find(key, hash)) || registry.GetOrAdd(key, hash, out _, out _) != AppendStatus.Ok)
            {
                throw new InvalidOperationException("series exists or is refused");
            }
        }
    }

    /// <summary>Resolves requests as the ingester does: hashes of a request first, then slots, records and comparisons.</summary>
    private static void Hit(SeriesRegistry registry, SeriesKeys keys, bool prefetch)
    {
        Span<ulong> hashes = new ulong[RequestSeries];
        for (int start = 0; start < keys.Count; start += RequestSeries)
        {
            int count = Math.Min(RequestSeries, keys.Count - start);
            for (int i = 0; i < count; i++)
            {
                hashes[i] = registry.Hash(keys[start + i]);
                if (prefetch)
                {
                    registry.PrefetchSlot(hashes[i]);
                }
            }

            const int Ahead = 12;
            for (int i = 0; i < count; i++)
            {
                if (prefetch && i + Ahead < count)
                {
                    registry.PrefetchRecord(hashes[i + Ahead]);
                }

                registry.Find(keys[start + i], hashes[i]).LastTimestamp++;
            }
        }
    }

    private static TenantRegistryStore Open(string directory) =>
        TenantRegistryStore.Open(LocalFileSystem.Instance, directory, LabelLimits.Default, NullLogger.Instance);

    private static double Time(Action action)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime; // processor time: other work on the machine does not count
        action();
        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds;
    }

    private static double Least(int rounds, Action action) => Enumerable.Range(0, rounds).Min(_ => Time(action));

    private static long ResidentBytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static void Report(bool quiet, string what, double ns, int series)
    {
        if (!quiet)
        {
            Line($"{what}: {ns / series:0} ns/series, {ns / 1e9:0.00} s");
        }
    }

    private static void Line(string text) => Console.WriteLine(text);
}
