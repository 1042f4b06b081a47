using System.Globalization;
using RemoteStore.Histories.Tests.Steps;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RemoteStore.Histories.Tests;

/// <summary>
/// Plays seeded histories against the store and a model. <c>REMOTESTORE_HISTORIES</c> says how many, <c>REMOTESTORE_HISTORY_SEED</c> from which seed on: a
/// failure names its seed, and one history from that seed plays it again.
/// </summary>
public class HistoryTests(ITestOutputHelper output)
{
    /// <summary>Enough that every kind of step occurs many times, few enough for every build.</summary>
    private const int ShortForm = 150;

    [Fact]
    public async Task Histories_OfAllKindsOfSteps_GiveTheAnswersOfTheModel()
    {
        int count = Number("REMOTESTORE_HISTORIES", ShortForm);
        int first = Number("REMOTESTORE_HISTORY_SEED", 1);
        var seen = new Dictionary<string, int>();
        var failures = new List<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) };
        await Parallel.ForEachAsync(Enumerable.Range(first, count), options, async (seed, _) =>
        {
            var history = History.Of(seed);
            history.Steps.Count.ShouldBeGreaterThanOrEqualTo(History.MinSteps);
            try
            {
                HistoryRunner runner = await HistoryRunner.RunAsync(history);
                lock (seen)
                {
                    foreach ((string what, int times) in runner.Seen)
                    {
                        seen[what] = seen.GetValueOrDefault(what) + times;
                    }
                }
            }
            catch (HistoryException e)
            {
                lock (seen)
                {
                    failures.Add(e.Message);
                }
            }
        });

        output.WriteLine(string.Join(", ", seen.OrderBy(static s => s.Key, StringComparer.Ordinal).Select(static s => $"{s.Key} {s.Value}")));
        if (failures.Count > 0)
        {
            if (count == 1)
            {
                output.WriteLine($"shortest form found: {string.Join(", ", await Shrinker.ShrinkAsync(History.Of(first)))}");
            }

            failures.Sort(static (a, b) => a.Length.CompareTo(b.Length));
            throw new HistoryException($"{failures.Count} of {count} histories failed:{Environment.NewLine}{string.Join(Environment.NewLine + Environment.NewLine, failures.Take(5))}");
        }

        if (count >= ShortForm)
        {
            foreach (string kind in Enum.GetNames<StepKind>().Concat(s_alsoSeen))
            {
                seen.ShouldContainKey(kind);
            }
        }
    }

    private static readonly string[] s_alsoSeen = ["CorruptPart", "CorruptManifest", "CorruptWal", "CorruptSnapshot", "CorruptSeriesLog", "CorruptBlock", "CorruptBlockMeta", "Evict", "CrashDuringUpload", "CrashDuringDownsample", "DownsampleMade", "QueryWindowsWindows"];

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
