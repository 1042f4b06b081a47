using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Scheduling;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Scheduling;

[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "They are disposed of by DisposeAsync, which xunit calls.")]
public sealed class RuleFileLoaderTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-rules-");
    private RulerOptions _options = null!;
    private RuleBench _bench = null!;
    private RuleFileLoader _loader = null!;

    public Task InitializeAsync()
    {
        _options = new RulerOptions { Files = $"{_directory.FullName}/*.yml,{_directory.FullName}/named.rules", FilesTenant = RuleBench.Tenant.Name, PollInterval = TimeSpan.FromSeconds(5) };
        _bench = new RuleBench(options: _options);
        _loader = new RuleFileLoader(_options, RuleFileOptions.Default, _bench.Scheduler, _bench.Time, NullLogger<RuleFileLoader>.Instance);
        Write("named.rules", "groups: []");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _loader.DisposeAsync();
        await _bench.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Start_FaultyFile_IsRefusedWithEveryFault()
    {
        Write("a.yml", Group("a"));
        Write("b.yml", "groups:\n- {name: b, rules: [{record: x, expr: '('},\n {record: y, expr: ')'}]}");

        LoadedRuleFiles read = Read();

        read.Faults.Count.ShouldBe(2);
        read.Faults[0].ShouldStartWith($"{_directory.FullName}/b.yml: 2:");
        read.Faults[1].ShouldStartWith($"{_directory.FullName}/b.yml: 3:");
        await Should.ThrowAsync<ArgumentException>(_loader.StartAsync(read));
        Names().ShouldBeEmpty();
    }

    [Fact]
    public async Task Reload_FaultsThenNone_KeepsTheRunningRulesThenTakesTheNew()
    {
        Write("a.yml", Group("a"));
        await _loader.StartAsync(Read());
        Write("a.yml", Group("changed"));
        Write("b.yml", "groups: 1");

        (await _loader.ReloadAsync()).ShouldHaveSingleItem().ShouldContain("b.yml: 1:");
        Names().ShouldBe(["a"]);
        (await MetricText.ReadAsync(_bench.Registry, "remotestore_rules_last_load_successful{origin=\"file\"}")).ShouldBe(0);

        File.Delete(Path.Combine(_directory.FullName, "b.yml"));
        (await _loader.ReloadAsync()).ShouldBeEmpty();
        Names().ShouldBe(["changed"]);
    }

    [Fact]
    public async Task Reload_NamedFileIsMissing_IsAFault()
    {
        await _loader.StartAsync(Read());
        File.Delete(Path.Combine(_directory.FullName, "named.rules"));

        (await _loader.ReloadAsync()).ShouldHaveSingleItem().ShouldContain("named.rules");
    }

    [Fact]
    public async Task Watch_FilesChange_AreInForceWhenTheTimerNoticesIt()
    {
        Write("a.yml", Group("a"));
        await _loader.StartAsync(Read());
        Write("a.yml", Group("changed"));

        await PassPollsAsync(() => Names().SequenceEqual(["changed"]));
        Write("c.yml", Group("c"));
        await PassPollsAsync(() => Names().SequenceEqual(["changed", "c"]));
        File.Delete(Path.Combine(_directory.FullName, "a.yml"));
        await PassPollsAsync(() => Names().SequenceEqual(["c"]));
    }

    [Fact]
    public async Task Watch_FileGetsAFault_IsToldOnceAndTheRulesStay_UntilItIsMended()
    {
        const string Metric = "remotestore_rules_last_load_successful{origin=\"file\"}";
        Write("a.yml", Group("a"));
        await _loader.StartAsync(Read());
        Write("a.yml", "groups: 1");

        await PassPollsAsync(() => MetricText.ReadAsync(_bench.Registry, Metric).GetAwaiter().GetResult() == 0);
        Names().ShouldBe(["a"]);
        Write("a.yml", Group("mended"));
        await PassPollsAsync(() => Names().SequenceEqual(["mended"]));
        (await MetricText.ReadAsync(_bench.Registry, Metric)).ShouldBe(1);
    }

    /// <summary>Lets the clock run from poll to poll until something holds: what a poll sets going is over some time after.</summary>
    private async Task PassPollsAsync(Func<bool> holds)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            timeout.Token.ThrowIfCancellationRequested();
            _bench.Time.Advance(_options.PollInterval);
            await Task.Yield();
        }
    }

    private LoadedRuleFiles Read() => LoadedRuleFiles.Read(_options, RuleFileOptions.Default);

    private string[] Names() => [.. _bench.Scheduler.Groups(RuleBench.Tenant).Select(static group => group.Group.Name)];

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory.FullName, name), text);

    private static string Group(string name) => $"groups: [{{name: {name}, rules: [{{record: x, expr: '1'}}]}}]";
}
