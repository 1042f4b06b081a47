using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Options;

public sealed class SourceTests
{
    [Theory]
    [InlineData("--multitenancy.enabled")]
    [InlineData("-multitenancy.enabled")]
    [InlineData("--multitenancy.enabled=true")]
    [InlineData("--multitenancy.enabled true")]
    public void Flags_Switch_IsTrue(string line) => LoadedOptions.Valid(line.Split(' ')).Multitenancy.Enabled.ShouldBeTrue();

    [Fact]
    public void Flags_SwitchFollowedByFlag_BothAreRead()
    {
        var options = LoadedOptions.Valid(["--multitenancy.enabled", "--retention", "1d"]);

        options.Multitenancy.Enabled.ShouldBeTrue();
        options.Storage.Retention.ShouldBe(TimeSpan.FromDays(1));
    }

    [Fact]
    public void Flags_LastOneWins() => LoadedOptions.Valid(["--retention=1d", "--retention=2d"]).Storage.Retention.ShouldBe(TimeSpan.FromDays(2));

    [Fact]
    public void Flags_WithoutValue_IsReported() =>
        LoadedOptions.Load(["--retention", "--listen=:0"]).Faults.ShouldBe(["flag --retention: needs a value (duration)"]);

    [Fact]
    public void Flags_ValueWithEqualsSign_IsKeptWhole() => LoadedOptions.Valid(["--data-dir=/a=b"]).Storage.DataDirectory.ShouldBe("/a=b");

    [Fact]
    public void Environment_EmptyVariable_IsAsGoodAsNone() =>
        LoadedOptions.Valid(environment: new() { ["REMOTESTORE_RETENTION"] = "" }).Storage.Retention.ShouldBe(TimeSpan.Zero);

    [Fact]
    public void Environment_ServiceLinksAndForeignVariables_AreIgnored() => LoadedOptions.Valid(environment: new()
    {
        ["REMOTESTORE_PORT"] = "tcp://10.0.0.1:9009",
        ["REMOTESTORE_PORT_9009_TCP_ADDR"] = "10.0.0.1",
        ["REMOTESTORE_SERVICE_HOST"] = "10.0.0.1",
        ["REMOTESTORE_SERVICE_PORT_HTTP"] = "9009",
        ["REMOTESTORE_FAILPOINTS"] = "",
        ["HOME"] = "/root",
    });

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("limits:\n")]
    [InlineData("---\n")]
    public void Yaml_WithoutValues_IsFine(string yaml) => LoadedOptions.Valid(yaml: yaml);

    [Theory]
    [InlineData("retention: 1d\nretention: 2d\n", "remotestore.yaml:2: retention is set twice")]
    [InlineData("retention: 1d\nlimits:\n  max-exemplars: 1\nlimits.max-exemplars: 2\n", "remotestore.yaml:4: limits.max-exemplars is set twice")]
    [InlineData("limits: 3\n", "remotestore.yaml:1: limits is a section of options, not a value")]
    [InlineData("retention:\n  days: 3\n", "remotestore.yaml:1: retention takes a value, not a mapping")]
    [InlineData("lmits:\n  max-exemplars: 3\n", "remotestore.yaml:1: unknown option lmits")]
    [InlineData("just text\n", "remotestore.yaml:1: a mapping of options is expected, not 'just text'")]
    [InlineData("config:\n  file: b.yaml\n", "remotestore.yaml:2: config.file cannot be set in the file itself")]
    [InlineData("retention: 1d\n---\nretention: 2d\n", "remotestore.yaml:2: a second document; only one is read")]
    public void Yaml_Fault_IsReportedWithItsLine(string yaml, string fault) => LoadedOptions.Load(yaml: yaml).Faults.ShouldBe([fault]);

    [Theory]
    [InlineData("retention: [1d\n")]
    [InlineData("- retention\n")]
    [InlineData("a: &x [*x]\n: :\n")]
    public void Yaml_Malformed_IsReportedNotThrown(string yaml) => LoadedOptions.Load(yaml: yaml).Faults.ShouldNotBeEmpty();

    [Fact]
    public void Yaml_SeveralFaults_AreAllReported() =>
        LoadedOptions.Load(yaml: "a: 1\nb: { c: 2 }\nretention: x\n").Faults.Count.ShouldBe(3);
}
