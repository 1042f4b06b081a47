using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Service;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Ruler.Scheduling;
using RemoteStore.Telemetry;
using RemoteStore.Testing;

namespace RemoteStore.Ruler.Tests.Scheduling;

/// <summary>A scheduler over a store in memory, under a clock that the test moves from one evaluation to the next.</summary>
internal sealed class RuleBench : INotifier, IAsyncDisposable
{
    private readonly List<AlertNotification> _told = [];

    public RuleBench(InMemoryStore? store = null, DateTimeOffset? start = null, RulerOptions? options = null)
    {
        Store = store ?? new InMemoryStore();
        Time = new ArmedTime(start ?? DateTimeOffset.UnixEpoch.AddYears(50));
        Scheduler = new RuleScheduler(
            options ?? new RulerOptions(),
            "http://x",
            new EngineQueryService(new QueryEngine(new EngineOptions { Timeout = 2 * ArmedTime.LongestWait }, Time), Store),
            Store,
            Store,
            this,
            Registry,
            Time,
            NullLogger<RuleScheduler>.Instance);
    }

    public static TenantId Tenant { get; } = TenantId.Parse("a");

    public InMemoryStore Store { get; }

    public ArmedTime Time { get; }

    public MetricsRegistry Registry { get; } = new();

    public RuleScheduler Scheduler { get; }

    /// <summary>What was told since this was last asked.</summary>
    public AlertNotification[] TakeTold()
    {
        lock (_told)
        {
            AlertNotification[] told = [.. _told];
            _told.Clear();
            return told;
        }
    }

    public void Send(TenantId tenant, IReadOnlyList<AlertNotification> notifications)
    {
        lock (_told)
        {
            _told.AddRange(notifications);
        }
    }

    /// <summary>Stores a sample as of now.</summary>
    public async Task WriteAsync(string metric, double value) =>
        await new RuleSink(Tenant, Store).WriteAsync(
            [new RuleSample(LabelSet.From("__name__", metric), Time.NowMs, BitConverter.DoubleToInt64Bits(value), null)], CancellationToken.None);

    public Task ReplaceAsync(params RuleGroup[] groups)
    {
        Time.PutBack(null); // the wait of a group that may be gone then
        return Scheduler.ReplaceAsync(Tenant, RuleOrigin.File, groups, restore: false);
    }

    /// <summary>Lets time pass to the next evaluation of the only group, and that take place.</summary>
    public async Task EvaluateAsync(int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            await Time.PassAsync();
        }

        // When the group waits again, the evaluation is over; the wait is left for the next call.
        TimeSpan wait = await Time.NextWaitAsync();
        Time.PutBack(wait);
    }

    public async ValueTask DisposeAsync() => await Scheduler.DisposeAsync();
}
