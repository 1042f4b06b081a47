using RemoteStore.Histories.Tests.Faults;
using RemoteStore.Histories.Tests.Steps;
using Shouldly;
using Xunit;

namespace RemoteStore.Histories.Tests;

/// <summary>Breaks one invariant at a time, outside the store, and holds that the histories notice.</summary>
public class FaultTests
{
    private const int FirstSeed = 500_000;
    private const int MaxHistories = 60;

    [Fact]
    public Task AcknowledgedWrite_Forgotten_IsNoticed() => ShouldBeNoticedAsync(static () => new ForgetsWrite(), "lacks");

    [Fact]
    public Task Bits_Altered_IsNoticed() => ShouldBeNoticedAsync(static () => new QuietsNaNs(), "never acknowledged");

    [Fact]
    public Task Sample_ComesTwice_IsNoticed() => ShouldBeNoticedAsync(static () => new RepeatsSample(), "comes twice");

    [Fact]
    public Task Conflict_LastWriteWins_IsNoticed() => ShouldBeNoticedAsync(static () => new LastWriteWins(), "expected");

    [Fact]
    public Task Merge_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Merge), "lacks");

    [Fact]
    public Task Cut_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Cut), "lacks");

    [Fact]
    public Task Restart_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Restart), "lacks");

    [Fact]
    public Task Crash_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Crash), "lacks");

    [Fact]
    public Task Eviction_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(null, afterEviction: true), "lacks");

    [Fact]
    public Task Upload_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Upload), "lacks", StepKind.Upload);

    [Fact]
    public Task Compaction_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Compact), "lacks", StepKind.Compact);

    [Fact]
    public Task Downsampling_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Downsample), "lacks", StepKind.Downsample);

    [Fact]
    public Task Handover_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.PassDays), "lacks", StepKind.PassDays);

    [Fact]
    public Task Deletion_Forgotten_IsNoticed() => ShouldBeNoticedAsync(static () => new ForgetsDeletions(), "samples, expected", StepKind.Delete);

    [Fact]
    public Task Damage_Served_IsNoticed() => ShouldBeNoticedAsync(static () => new ServesDamage(), "never acknowledged", StepKind.Corrupt);

    [Fact]
    public Task Tenants_Mixed_IsNoticed() => ShouldBeNoticedAsync(static () => new MixesTenants(), "green");

    [Fact]
    public Task Retention_Ignored_IsNoticed() => ShouldBeNoticedAsync(static () => new IgnoresRetention(), "out of the range");

    private static async Task ShouldBeNoticedAsync(Func<Fault> make, string symptom, StepKind? needed = null)
    {
        var noticed = new List<string>();
        for (int seed = FirstSeed; seed < FirstSeed + MaxHistories && !noticed.Exists(n => n.Contains(symptom, StringComparison.Ordinal)); seed++)
        {
            var history = History.Of(seed);
            if (needed is { } kind && !history.Steps.Any(s => s.Kind == kind))
            {
                continue;
            }

            try
            {
                _ = await HistoryRunner.RunAsync(history, make());
            }
            catch (HistoryException e)
            {
                noticed.Add(e.Message);
            }
        }

        noticed.ShouldContain(n => n.Contains(symptom, StringComparison.Ordinal), string.Join(Environment.NewLine, noticed));
    }
}
