using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Integration.Tests;

/// <summary>The real process and its rule files: at the start, and when it is told to look at them again.</summary>
public sealed class RuleReloadTests : IDisposable
{
    private const string Successful = "remotestore_config_last_reload_successful";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-reload-");
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(2));

    private CancellationToken Token => _timeout.Token;

    private ServerProcessOptions Options => new()
    {
        DataDirectory = Path.Combine(_directory.FullName, "data"),
        Arguments = ["--rules.files", Path.Combine(_directory.FullName, "*.yml"), "--rules.poll-interval", "0"],
    };

    public void Dispose()
    {
        _timeout.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Start_RuleFileHasFaults_EndsWithExitCode1AndAllOfThem()
    {
        Write("a.yml", Group("a"));
        Write("b.yml", "groups:\n- name: b\n  rules:\n  - {record: x, expr: '('}\n  - {record: y, expr: '1', colour: red}\n");
        await using ServerProcess server = ServerProcess.Launch(Options);

        (await server.WaitForExitAsync(TimeSpan.FromSeconds(30), Token)).ShouldBe(1);

        server.Log.ShouldContain("remotestore: rules.files: 2 faults:");
        server.Log.ShouldContain($"{_directory.FullName}/b.yml: 4:");
        server.Log.ShouldContain($"{_directory.FullName}/b.yml: 5:");
    }

    [Fact]
    public async Task Sighup_RuleFilesChanged_AreInForce_AndWithFaultsTheRunningOnesStay()
    {
        Write("a.yml", Group("a"));
        await using ServerProcess server = await ServerProcess.StartAsync(Options, Token);
        (await GroupsAsync(server)).ShouldBe(["a"]);

        Write("b.yml", Group("b"));
        server.Sighup();
        await UntilAsync(server, async () => (await GroupsAsync(server)).SequenceEqual(["a", "b"]));

        Write("a.yml", "groups: 1");
        server.Sighup();
        await UntilAsync(server, async () => await MetricAsync(server) == 0);
        (await GroupsAsync(server)).ShouldBe(["a", "b"]);
        server.Log.ShouldContain("a.yml: 1:");

        Write("a.yml", Group("mended"));
        server.Sighup();
        await UntilAsync(server, async () => (await GroupsAsync(server)).SequenceEqual(["mended", "b"]));
        await UntilAsync(server, async () => await MetricAsync(server) == 1);
    }

    private async Task<string[]> GroupsAsync(ServerProcess server) =>
    [
        .. (await server.Client.GetJsonAsync("api/v1/rules", Token)).GetProperty("data").GetProperty("groups").EnumerateArray()
            .Select(static group => group.GetProperty("name").GetString()!),
    ];

    private async Task<double> MetricAsync(ServerProcess server) => (await server.Client.GetMetricAsync(Successful, Token))[""];

    /// <summary>What a signal sets going is over some time after.</summary>
    private async Task UntilAsync(ServerProcess server, Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            server.IsRunning.ShouldBeTrue(server.Log);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory.FullName, name), text);

    private static string Group(string name) => $"groups: [{{name: {name}, rules: [{{record: x, expr: '1'}}]}}]";
}
