using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Relabeling;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Telemetry;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Notifying;

public sealed class NotifierTests : IDisposable
{
    private readonly ArmedTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly SteeredAlertmanager _good = new("http://good");
    private readonly SteeredAlertmanager _bad = new("http://bad");

    public void Dispose()
    {
        _good.Dispose();
        _bad.Dispose();
    }

    [Fact]
    public async Task Send_OneAlertmanagerHangs_OthersAndOtherTenantsGoOn()
    {
        await using Notifier notifier = Create(new AlertmanagerOptions { DrainTimeout = TimeSpan.Zero });
        notifier.Send(TenantId.Parse("a"), AlertSenderTests.Alerts("1"));
        await _bad.NextAsync(); // and never an answer

        for (int i = 0; i < 3; i++)
        {
            (await _good.NextAsync()).Length.ShouldBe(1);
            _good.Answer(SendOutcome.Delivered);
            notifier.Send(TenantId.Parse("a"), AlertSenderTests.Alerts("2"));
        }

        notifier.Send(TenantId.Parse("b"), AlertSenderTests.Alerts("3"));
        (await _bad.NextAsync()).ShouldBe(AlertSenderTests.Names("3"));
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Send_ExternalLabelsAndRules_ShapeWhatIsSent()
    {
        await using Notifier notifier = Create(
            new AlertmanagerOptions { DrainTimeout = TimeSpan.Zero },
            [new("region", "eu"), new("alertname", "not this")],
            [
                new RelabelConfig { Action = RelabelAction.Drop, SourceLabels = ["alertname"], Regex = "noise" },
                new RelabelConfig { SourceLabels = ["region"], TargetLabel = "where" },
                new RelabelConfig { Action = RelabelAction.LabelDrop, Regex = "region" },
            ]);

        notifier.Send(TenantId.Anonymous, AlertSenderTests.Alerts("noise", "x"));

        (await _good.NextAsync()).ShouldBe([LabelSet.From("alertname", "x", "where", "eu").ToString()]);
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Dispose_TargetsAndLateAlerts_AreLeft()
    {
        Notifier notifier = Create(new AlertmanagerOptions());

        await notifier.DisposeAsync();
        notifier.Send(TenantId.Anonymous, AlertSenderTests.Alerts("late"));

        _good.Disposed.ShouldBeTrue();
        _bad.Disposed.ShouldBeTrue();
    }

    private Notifier Create(
        AlertmanagerOptions options, IReadOnlyList<KeyValuePair<string, string>>? externalLabels = null, IReadOnlyList<RelabelConfig>? rules = null) =>
        new(options, [_good, _bad], externalLabels ?? [], rules ?? [], new MetricsRegistry(), _time, NullLogger.Instance);
}
