using RemoteStore.CompatTests.Peers;
using Shouldly;
using Xunit.Abstractions;

namespace RemoteStore.CompatTests.Rules;

/// <summary>The same rules over the same samples lead to the same alerts in two Alertmanagers, one behind Prometheus and one behind ours.</summary>
public sealed class AlertDifferenceTests(ITestOutputHelper output)
{
    private const string Rules = """
        groups:
          - name: alerts
            rules:
              - {record: "x:doubled", expr: "x * 2"}
              - {alert: Pending, expr: "x{k='pending'} > 0", for: 1h}
              - {alert: Firing, expr: "x:doubled{k='firing'} > 1", for: 4s, labels: {severity: "{{ if gt $value 1.0 }}page{{ end }}"}, annotations: {summary: "{{ $labels.k }} is {{ $value | humanize }} in {{ $externalLabels.region }}"}}
              - {alert: Now, expr: "count(x) by (k) > 0 and on(k) x{k='now'} == 1"}
              - {alert: Resolved, expr: "x{k='resolved'} > 0", annotations: {link: "{{ $externalURL }}"}}
              - {alert: Flapping, expr: "x{k='flapping'} == 1"}
              - {alert: Kept, expr: "x{k='kept'} > 0", keep_firing_for: 8s}

        """;

    private static readonly TimeSpan s_evaluation = TimeSpan.FromSeconds(2);

    [PeerFact("prometheus", "prometheus-alertmanager")]
    public async Task Alerts_PendingFiringResolvedFlappingKeptAndARestart_AreTheSameInBothAlertmanagers()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        CancellationToken token = timeout.Token;
        await using AlertingPair pair = await AlertingPair.StartAsync(Rules, token);

        await pair.SetAsync(token, ("pending", 1), ("firing", 1), ("now", 1), ("resolved", 1), ("flapping", 1), ("kept", 1));
        await HoldAsync(pair, "everything fires", token, "Firing", "Flapping", "Kept", "Now", "Resolved");

        await pair.SetAsync(token, ("resolved", 0), ("flapping", 0), ("kept", 0));
        await HoldAsync(pair, "some are over, one is kept", token, "Firing", "Kept", "Now");
        await HoldAsync(pair, "it is not kept any more", token, "Firing", "Now");

        await pair.SetAsync(token, ("flapping", 1));
        await HoldAsync(pair, "one is back", token, "Firing", "Flapping", "Now");
        (SortedDictionary<string, (string State, DateTimeOffset ActiveAt)> theirsBefore, SortedDictionary<string, (string State, DateTimeOffset ActiveAt)> oursBefore) =
            await pair.StatesAsync(token);

        await pair.RestartAsync(token);
        await pair.SetAsync(token, ("flapping", 1));
        await Until.TrueAsync(
            "both fire again",
            TimeSpan.FromSeconds(40),
            async () =>
            {
                (SortedDictionary<string, (string State, DateTimeOffset)> a, SortedDictionary<string, (string State, DateTimeOffset)> b) = await pair.StatesAsync(token);
                return Fires(a) && Fires(b);
            },
            () => pair.Log,
            token);
        await HoldAsync(pair, "after the restart", token, "Firing", "Flapping", "Now");

        // What was pending goes on: its clock stood still while the server was away, and was not set to zero.
        (SortedDictionary<string, (string State, DateTimeOffset ActiveAt)> theirs, SortedDictionary<string, (string State, DateTimeOffset ActiveAt)> ours) = await pair.StatesAsync(token);
        output.WriteLine($"pending since {theirsBefore["Pending"].ActiveAt:O} and {oursBefore["Pending"].ActiveAt:O}, then {theirs["Pending"].ActiveAt:O} and {ours["Pending"].ActiveAt:O}");
        ours["Pending"].State.ShouldBe("pending");
        (ours["Pending"].ActiveAt - theirs["Pending"].ActiveAt).Duration().ShouldBeLessThan(5 * s_evaluation);
        ours["Firing"].ActiveAt.ShouldBe(oursBefore["Firing"].ActiveAt, TimeSpan.FromSeconds(1));
    }

    private static bool Fires(SortedDictionary<string, (string State, DateTimeOffset ActiveAt)> states) =>
        states.TryGetValue("Firing", out (string State, DateTimeOffset ActiveAt) firing) && firing.State == "firing" && states.ContainsKey("Pending");

    /// <summary>Waits until both Alertmanagers hold alerts of these names, and compares all that they hold of them.</summary>
    private async Task HoldAsync(AlertingPair pair, string when, CancellationToken token, params string[] names)
    {
        SortedDictionary<string, HeldAlert> theirs = [];
        SortedDictionary<string, HeldAlert> ours = [];
        await Until.TrueAsync(
            $"both hold the same alerts: {when}",
            TimeSpan.FromSeconds(40),
            async () =>
            {
                theirs = await pair.TheirAlertmanager.AlertsAsync(token);
                ours = await pair.OurAlertmanager.AlertsAsync(token);
                return theirs.Keys.SequenceEqual(names) && ours.Keys.SequenceEqual(names);
            },
            () => $"theirs {string.Join(' ', theirs.Keys)}\nours {string.Join(' ', ours.Keys)}\n{pair.Log}",
            token);
        foreach (string name in names)
        {
            TimeSpan apart = ours[name].StartsAt - theirs[name].StartsAt;
            output.WriteLine($"{when}: {name} starts {apart.TotalSeconds:0.000} s apart");
            (ours[name] with { StartsAt = default }).ShouldBe(theirs[name] with { StartsAt = default }, $"{when}: {name}");
            apart.Duration().ShouldBeLessThanOrEqualTo(s_evaluation + TimeSpan.FromMilliseconds(200), $"{when}: {name}");
        }
    }
}
