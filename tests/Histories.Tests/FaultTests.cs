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
    public Task AcknowledgedWrite_Forgotten_IsNoticed() => ShouldBeNoticedAsync(static () => new ForgetsWrite());

    [Fact]
    public Task Bits_Altered_IsNoticed() => ShouldBeNoticedAsync(static () => new QuietsNaNs());

    [Fact]
    public Task Sample_ComesTwice_IsNoticed() => ShouldBeNoticedAsync(static () => new RepeatsSample());

    [Fact]
    public Task Conflict_LastWriteWins_IsNoticed() => ShouldBeNoticedAsync(static () => new LastWriteWins());

    [Fact]
    public Task Merge_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Merge));

    [Fact]
    public Task Cut_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Cut));

    [Fact]
    public Task Restart_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Restart));

    [Fact]
    public Task Crash_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(StepKind.Crash));

    [Fact]
    public Task Eviction_LosesSample_IsNoticed() => ShouldBeNoticedAsync(static () => new LosesSample(null, afterEviction: true));

    [Fact]
    public Task Damage_Served_IsNoticed() => ShouldBeNoticedAsync(static () => new ServesDamage(), StepKind.Corrupt);

    [Fact]
    public Task Tenants_Mixed_IsNoticed() => ShouldBeNoticedAsync(static () => new MixesTenants());

    [Fact]
    public Task Retention_Ignored_IsNoticed() => ShouldBeNoticedAsync(static () => new IgnoresRetention());

    private static async Task ShouldBeNoticedAsync(Func<Fault> make, StepKind? needed = null)
    {
        string? noticed = null;
        for (int seed = FirstSeed; seed < FirstSeed + MaxHistories && noticed is null; seed++)
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
                noticed = e.Message;
            }
        }

        noticed.ShouldNotBeNull("no history noticed the fault");
    }
}
