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
    public async Task Start_FaultyFile_OthersAreLoadedAndEveryFaultIsTold()
    {
        Write("a.yml", Group("a"));
        Write("b.yml", "groups: [{name: b, rules: [{record: x, expr: '('}, {record: y, expr: ')'}]}]");

        await _loader.StartAsync();

        Names().ShouldBe(["a"]);
        (await _loader.ReloadAsync()).Count.ShouldBe(2);
        Names().ShouldBe(["a"]);
        (await MetricText.ReadAsync(_bench.Registry, "remotestore_rules_last_load_successful{origin=\"file\"}")).ShouldBe(0);
    }

    [Fact]
    public async Task Reload_FaultsThenNone_KeepsTheRunningRulesThenTakesTheNew()
    {
        Write("a.yml", Group("a"));
        await _loader.StartAsync();
        Write("a.yml", Group("changed"));
        Write("b.yml", "groups: 1");

        (await _loader.ReloadAsync()).ShouldHaveSingleItem().ShouldContain("b.yml");
        Names().ShouldBe(["a"]);

        File.Delete(Path.Combine(_directory.FullName, "b.yml"));
        (await _loader.ReloadAsync()).ShouldBeEmpty();
        Names().ShouldBe(["changed"]);
    }

    [Fact]
    public async Task Reload_NamedFileIsMissing_IsAFault()
    {
        await _loader.StartAsync();
        File.Delete(Path.Combine(_directory.FullName, "named.rules"));

        (await _loader.ReloadAsync()).ShouldHaveSingleItem().ShouldContain("named.rules");
    }

    private string[] Names() => [.. _bench.Scheduler.Groups(RuleBench.Tenant).Select(static group => group.Group.Name)];

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory.FullName, name), text);

    private static string Group(string name) => $"groups: [{{name: {name}, rules: [{{record: x, expr: '1'}}]}}]";
}
