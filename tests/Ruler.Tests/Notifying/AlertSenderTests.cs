using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model.Labels;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Telemetry;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Notifying;

public sealed class AlertSenderTests : IDisposable
{
    private readonly ArmedTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly SteeredAlertmanager _target = new();
    private readonly MetricsRegistry _registry = new();

    public void Dispose() => _target.Dispose();

    [Fact]
    public async Task Send_MoreThanABatch_GoesInBatchesInOrder()
    {
        await using AlertSender sender = Sender(new AlertmanagerOptions { MaxBatchSize = 2 });
        sender.Add(Alerts("a"));
        (await _target.NextAsync()).ShouldBe(Names("a"));
        sender.Add(Alerts("b", "c", "d"));

        _target.Answer(SendOutcome.Delivered);
        (await _target.NextAsync()).ShouldBe(Names("b", "c"));
        _target.Answer(SendOutcome.Delivered);
        (await _target.NextAsync()).ShouldBe(Names("d"));
        _target.Answer(SendOutcome.Delivered);
    }

    [Fact]
    public async Task Send_QueueIsFull_TheOldestAreDroppedAndCounted()
    {
        await using AlertSender sender = Sender(new AlertmanagerOptions { QueueCapacity = 2 });
        sender.Add(Alerts("held"));
        await _target.NextAsync();

        sender.Add(Alerts("a", "b", "c"));

        sender.Waiting.ShouldBe(2);
        _target.Answer(SendOutcome.Delivered);
        (await _target.NextAsync()).ShouldBe(Names("b", "c"));
        (await MetricAsync("remotestore_notifications_dropped_total{alertmanager=\"http://am\",reason=\"queue_full\"}")).ShouldBe(1);
    }

    [Fact]
    public async Task Send_DoesNotGetThrough_IsRepeatedAfterGrowingWaitsThenGivenUp()
    {
        await using AlertSender sender = Sender(new AlertmanagerOptions());
        sender.Add(Alerts("a"));
        foreach (double delay in (double[])[0.5, 1, 2, 4])
        {
            (await _target.NextAsync()).ShouldBe(Names("a"));
            _target.Answer(SendOutcome.Failed);
            (await _time.NextWaitAsync()).ShouldBe(TimeSpan.FromSeconds(delay));
            _time.Advance(TimeSpan.FromSeconds(delay));
        }

        await _target.NextAsync();
        _target.Answer(SendOutcome.Failed);
        sender.Add(Alerts("b"));

        (await _target.NextAsync()).ShouldBe(Names("b"));
        (await MetricAsync("remotestore_notifications_errors_total{alertmanager=\"http://am\"}")).ShouldBe(5);
        (await MetricAsync("remotestore_notifications_dropped_total{alertmanager=\"http://am\",reason=\"not_taken\"}")).ShouldBe(1);
    }

    [Fact]
    public async Task Send_RefusedForGood_IsNotRepeated()
    {
        await using AlertSender sender = Sender(new AlertmanagerOptions());
        sender.Add(Alerts("a"));
        await _target.NextAsync();
        _target.Answer(SendOutcome.Refused);
        sender.Add(Alerts("b"));

        (await _target.NextAsync()).ShouldBe(Names("b"));
    }

    [Fact]
    public async Task Stop_SomeWait_AreSentFirst()
    {
        AlertSender sender = Sender(new AlertmanagerOptions { MaxBatchSize = 1 });
        sender.Add(Alerts("a", "b"));
        await _target.NextAsync();
        Task stopped = sender.StopAsync(CancellationToken.None);

        _target.Answer(SendOutcome.Delivered);
        (await _target.NextAsync()).ShouldBe(Names("b"));
        stopped.IsCompleted.ShouldBeFalse();
        _target.Answer(SendOutcome.Delivered);
        await stopped;
        await sender.DisposeAsync();
    }

    [Fact]
    public async Task Stop_TimeIsOver_TheRestIsCounted()
    {
        AlertSender sender = Sender(new AlertmanagerOptions { MaxBatchSize = 1 });
        sender.Add(Alerts("a", "b", "c"));
        await _target.NextAsync();
        using var abort = new CancellationTokenSource();
        Task stopped = sender.StopAsync(abort.Token);

        await abort.CancelAsync();
        await stopped;

        (await MetricAsync("remotestore_notifications_dropped_total{alertmanager=\"http://am\",reason=\"shutdown\"}")).ShouldBe(2);
        await sender.DisposeAsync();
    }

    internal static IReadOnlyList<AlertNotification> Alerts(params string[] names) =>
        [.. names.Select(static name => new AlertNotification(LabelSet.From("alertname", name), [], 1, 2, "http://x/graph"))];

    internal static string[] Names(params string[] names) => [.. names.Select(static name => $"{{alertname=\"{name}\"}}")];

    private AlertSender Sender(AlertmanagerOptions options) => new(_target, options, new NotifierMetrics(_registry), _time, NullLogger.Instance);

    private Task<double> MetricAsync(string series) => MetricText.ReadAsync(_registry, series);
}
