using RemoteStore.Options;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Server.Options;
using RemoteStore.Storage.Appending;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Options;

public sealed class OptionLoaderTests
{
    [Fact]
    public void Load_Nothing_GivesDefaults()
    {
        RemoteStoreOptions options = LoadedOptions.Valid();

        options.Server.Listen.ToString().ShouldBe("127.0.0.1:9009");
        options.Server.GrpcListen.ShouldBeNull();
        options.Storage.DataDirectory.ShouldBe("./data");
        options.Server.Target.ShouldBe("all");
        options.Storage.Retention.ShouldBe(TimeSpan.Zero);
        options.Multitenancy.Enabled.ShouldBeFalse();
        options.Storage.OutOfOrderWindow.ShouldBe(TimeSpan.FromHours(2));
        options.Storage.MaxFuture.ShouldBe(TimeSpan.FromMinutes(10));
        options.Storage.Durability.ShouldBe(Durability.Fsync);
        options.Write.MaxRequestBytes.ShouldBe(32 << 20);
    }

    [Fact]
    public void Load_AllSources_FlagWinsOverEnvironmentOverFile()
    {
        const string Yaml = """
            retention: 1d
            storage:
              max-future: 1m
              flush-interval: 1s
            """;
        var environment = new Dictionary<string, string>
        {
            ["REMOTESTORE_RETENTION"] = "2d",
            ["REMOTESTORE_STORAGE_MAX_FUTURE"] = "2m",
        };

        RemoteStoreOptions options = LoadedOptions.Valid(["--retention=3d"], environment, Yaml);

        options.Storage.Retention.ShouldBe(TimeSpan.FromDays(3));
        options.Storage.MaxFuture.ShouldBe(TimeSpan.FromMinutes(2));
        options.Storage.FlushInterval.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Load_FaultsInAllSources_TellsAllOfThemWithTheirOrigin()
    {
        const string Yaml = """
            retention: soon
            storage:
              bogus: 1
            """;
        var environment = new Dictionary<string, string> { ["REMOTESTORE_LOG_LEVEL"] = "loud", ["REMOTESTORE_LISTN"] = ":1" };

        IReadOnlyList<string> faults = LoadedOptions.Load(["--storage.flush-rows=none", "--nonsense=1", "stray"], environment, Yaml).Faults;

        faults.ShouldBe(
        [
            "remotestore.yaml:3: unknown option storage.bogus",
            "remotestore.yaml:1: retention: 'soon' is not a duration such as 30d, 1h30m or 250ms",
            "environment REMOTESTORE_LISTN: unknown option, did you mean REMOTESTORE_LISTEN?",
            "environment REMOTESTORE_LOG_LEVEL: log.level: 'loud' is none of debug|info|warn|error",
            "flag --nonsense: unknown option",
            "argument 'stray': not a flag; options are given as --name=value",
            "flag --storage.flush-rows: 'none' is not a whole number",
        ]);
    }

    [Fact]
    public void Load_InvalidValueOverriddenByFlag_IsStillReported() =>
        LoadedOptions.Load(["--retention=1d"], new() { ["REMOTESTORE_RETENTION"] = "x" }).Faults.Count.ShouldBe(1);

    [Fact]
    public void Load_GrpcListenWithoutRoleThatNeedsIt_IsRefused() =>
        LoadedOptions.Load(["--grpc-listen=:9095"]).Faults
            .ShouldBe(["flag --grpc-listen: no role of target 'all' serves gRPC, remove the option"]);

    [Fact]
    public void Load_ValuesThatContradictEachOther_AreRefused() =>
        LoadedOptions.Load(["--write.max-decoded-bytes=32MiB", "--write.max-inflight-bytes=40MiB"]).Faults.ShouldHaveSingleItem()
            .ShouldContain("write.max-inflight-bytes");

    [Fact]
    public void Load_UnknownTarget_IsRefused() =>
        LoadedOptions.Load(["-target=querier"]).Faults
            .ShouldBe(["flag -target: 'querier' is not a role this version runs apart; the only target is all"]);

    [Fact]
    public void Load_MissingFile_IsReported() =>
        LoadedOptions.Load(["--config.file=none.yaml"]).Faults.ShouldHaveSingleItem()
            .ShouldStartWith("flag --config.file: cannot read the configuration file");

    [Fact]
    public void Load_FileNamedByEnvironment_IsRead() =>
        new OptionLoader(OptionTable.All)
            .Load([], new Dictionary<string, string> { ["REMOTESTORE_CONFIG_FILE"] = "a.yaml" }, static _ => new StringReader("retention: 7d"))
            .Options.Storage.Retention.ShouldBe(TimeSpan.FromDays(7));

    [Theory]
    [MemberData(nameof(OptionNames))]
    public void Load_EachOptionByEachSource_GivesTheSameOptions(string name)
    {
        OptionDescriptor<RemoteStoreOptions> option = OptionTable.All.Single(option => option.Name == name);
        string value = OtherThanDefault(option);

        RemoteStoreOptions byFlag = LoadedOptions.Valid([$"--{name}={value}"]);
        RemoteStoreOptions byGoFlag = LoadedOptions.Valid([$"-{name}", value]);
        RemoteStoreOptions byVariable = LoadedOptions.Valid(environment: new() { [option.EnvironmentName] = value });

        option.Format(byFlag).ShouldBe(value);
        byGoFlag.ShouldBe(byFlag);
        byVariable.ShouldBe(byFlag);
        option.Format(LoadedOptions.Valid(yaml: $"{name}: '{value}'")).ShouldBe(value);
        option.Format(LoadedOptions.Valid(yaml: Nested(name, value))).ShouldBe(value);
    }

    [Fact]
    public void Load_ListOption_CanBeGivenSeveralTimes()
    {
        LoadedOptions.Valid(["--rules.files=a", "--retention=1d", "--rules.files", "b", "--rules.files=c,d"]).Ruler.FilePatterns.ShouldBe(["a", "b", "c", "d"]);
        LoadedOptions.Valid(["--rules.files=a"], new() { ["REMOTESTORE_RULES_FILES"] = "b" }).Ruler.FilePatterns.ShouldBe(["a"]);
        LoadedOptions.Valid(yaml: "rules: {files: [a, b]}").Ruler.FilePatterns.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Load_OptionsThatNeedEachOther_AreTakenTogether()
    {
        AlertmanagerOptions options = LoadedOptions.Valid(
            [
                "--alertmanager.username=u", "--alertmanager.password-file=p", "--alertmanager.tls-cert-file=c", "--alertmanager.tls-key-file=k",
            ]).Alertmanager;

        (options.Username, options.PasswordFile, options.TlsCertificateFile, options.TlsKeyFile).ShouldBe(("u", "p", "c", "k"));
        LoadedOptions.Valid(["--alertmanager.username=u", "--alertmanager.password=p"]).Alertmanager.Password.ShouldBe("p");
    }

    [Fact]
    public void Load_RelabelFileWithFault_IsReportedWithItsLine()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "- action: keep\n- action: fly\n");

            LoadedOptions.Load([$"--alertmanager.relabel-file={file}"]).Faults.ShouldHaveSingleItem()
                .ShouldBe($"alertmanager.relabel-file: {file}:2: unknown relabel action \"fly\"");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Those that are usable alone.</summary>
    public static TheoryData<string> OptionNames() =>
        [.. OptionTable.All.Select(static option => option.Name).Where(static name => name is not ("config.file" or "grpc-listen" or "target"
            or "alertmanager.password" or "alertmanager.password-file" or "alertmanager.tls-cert-file" or "alertmanager.tls-key-file" or "alertmanager.relabel-file" or "limits.overrides-file"))];

    private static string OtherThanDefault(OptionDescriptor<RemoteStoreOptions> option)
    {
        string current = option.Format(new RemoteStoreOptions());
        return option.ValueName switch
        {
            "duration" => "36m",
            "size" => "256MiB",
            "number" => "4242",
            "address" => "[::1]:8080",
            "path" => "/some/where",
            "url" or "urls" => "http://some.where:80",
            "labels" => "some=where,and=more",
            "tiers" => "1m:2d",
            string words => words.Split('|').First(word => word != current),
        };
    }

    private static string Nested(string name, string value)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? $"{name}: '{value}'" : $"{name[..dot]}:\n  {name[(dot + 1)..]}: '{value}'";
    }
}
