using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Tool.Commands;
using RemoteStore.Tsdb;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Tool;

public sealed class ToolTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task PartsLs_AfterFlush_ListsThePart()
    {
        await StoreAsync(flush: true);

        Run("parts", "ls", _directory).ShouldBe(0);

        string[] lines = _output.ToString().Split('\n');
        lines[0].ShouldStartWith("PART");
        lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..4].ShouldBe(["0", "1", "100"]);
        lines[2].ShouldStartWith("1 parts, ");
    }

    [Fact]
    public async Task PartsVerify_SoundPart_ExitsZero()
    {
        await StoreAsync(flush: true);

        Run("parts", "verify", _directory).ShouldBe(0);

        _output.ToString().ShouldEndWith("1 parts read, 0 damaged\n");
    }

    [Fact]
    public async Task PartsVerify_FlippedBit_NamesPlaceAndContentAndExitsOne()
    {
        await StoreAsync(flush: true);
        string part = Directory.GetFiles(Path.Combine(_directory, "parts"), "*.part").Single();
        byte[] bytes = await File.ReadAllBytesAsync(part);
        bytes[60] ^= 1;
        await File.WriteAllBytesAsync(part, bytes);

        Run("parts", "verify", _directory).ShouldBe(1);

        _output.ToString().ShouldContain("DAMAGED");
        _output.ToString().ShouldContain("tenant anonymous");
    }

    [Fact]
    public async Task PartsVerify_MissingPart_ExitsOne()
    {
        await StoreAsync(flush: true);
        File.Delete(Directory.GetFiles(Path.Combine(_directory, "parts"), "*.part").Single());

        Run("parts", "verify", _directory).ShouldBe(1);

        _output.ToString().ShouldContain("cannot be read");
    }

    [Fact]
    public async Task WalInspect_CrashedStore_CountsEntriesAndChangesNothing()
    {
        string crashed = await StoreAsync(flush: false);
        string[] before = Files(crashed);

        Run("wal", "inspect", crashed).ShouldBe(0);

        _output.ToString().ShouldContain("rows  1 ");
        _output.ToString().ShouldContain("1 generations, 1 entries");
        Files(crashed).ShouldBe(before);
        Directory.Delete(crashed, recursive: true);
    }

    [Fact]
    public async Task WalInspect_DamagedEntry_IsReportedAndLeavesNoCopy()
    {
        string crashed = await StoreAsync(flush: false);
        string segment = Directory.GetFiles(Path.Combine(crashed, "wal"), "*.seg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);
        string[] before = Files(crashed);

        Run("wal", "inspect", crashed);

        _output.ToString().ShouldContain("0 entries");
        _output.ToString().ShouldContain("torn tail");
        Files(crashed).ShouldBe(before);
        Directory.Delete(crashed, recursive: true);
    }

    [Fact]
    public async Task AnyCommand_ServerIsUsingTheDirectory_IsRefused()
    {
        await StoreAsync(flush: true);
        using DataDirectoryLock held = DataDirectoryLock.Acquire(_directory);

        Run("parts", "ls", _directory).ShouldBe(1);

        _errors.ToString().ShouldBe($"rstool: a server is using {_directory}, stop it first\n");
    }

    [Fact]
    public void AnyCommand_NotADataDirectory_IsRefused()
    {
        Run("wal", "inspect", Path.Combine(_directory, "none")).ShouldBe(1);
        _errors.ToString().ShouldContain("holds neither parts nor a log");
    }

    [Fact]
    public void Version_IsPrinted()
    {
        Run("version").ShouldBe(0);
        _output.ToString().ShouldStartWith("rstool 0.");
    }

    private int Run(params string[] arguments) => ToolCommands.Create(_output, _errors).Parse(arguments).Invoke();

    private static string[] Files(string directory) => [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>Stores 100 samples. With a flush the folder is a stopped store's; else a copy is made while the rows are only in the log, as a crash leaves it.</summary>
    /// <returns>The folder to look into.</returns>
    private async Task<string> StoreAsync(bool flush)
    {
        var options = new TsdbOptions { DataDirectory = _directory, BackgroundMerges = false, FlushInterval = TimeSpan.FromHours(1) };
        var store = new TimeSeriesDatabase(
            options, LocalFileSystem.Instance, Failpoints.None, new TsdbMetrics(new MetricsRegistry()), NullLogger<TimeSeriesDatabase>.Instance, TimeProvider.System);
        await store.StartAsync(CancellationToken.None);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var batch = new BatchBuilder();
        for (int i = 0; i < 100; i++)
        {
            batch.Add(LabelSet.From("__name__", "up", "instance", i.ToString(System.Globalization.CultureInfo.InvariantCulture)), (now, i));
        }

        (await store.AppendAsync(TenantId.Anonymous, batch.Build(), CancellationToken.None)).SamplesWritten.ShouldBe(100);
        string copy = _directory + "-crashed";
        if (!flush)
        {
            DirectoryCopy.Copy(_directory, copy);
        }

        await store.DisposeAsync();
        return flush ? _directory : copy;
    }
}
