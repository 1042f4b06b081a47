using RemoteStore.Downsampler;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Server.Options;
using RemoteStore.Server.Options.Tenants;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Options.Tenants;

public sealed class TenantOverridesTests
{
    private const long FiveMinutes = 300_000;
    private const long Hour = 3_600_000;

    private static readonly TenantId s_a = TenantId.Parse("team-a");

    [Fact]
    public void Read_OptionsOfATenant_StandInPlaceOfThoseOfAll()
    {
        const string Yaml = """
            overrides:
              team-a:
                retention: 30d
                compactor:
                  downsampled-retention: [5m=90d, 1h=0]
                storage.hot-period: 6h
                query:
                  max-source-resolution: auto
                limits:
                  max-query-length: 2w
              team-b:
                downsampling: { enabled: false }
              team-c:
            """;

        TenantOverrides overrides = Read(Yaml, "--retention=10d", "--limits.max-query-concurrency=3");

        overrides.Faults.ShouldBeEmpty();
        overrides.Options.Keys.ShouldBe([s_a, TenantId.Parse("team-b")]);
        TenantLimits a = TenantOptions.LimitsOf(overrides.Options[s_a]);
        a.Retention.Raw.ShouldBe(TimeSpan.FromDays(30));
        a.Retention.Of(FiveMinutes).ShouldBe(TimeSpan.FromDays(90));
        a.Retention.Of(Hour).ShouldBe(TimeSpan.Zero);
        a.Retention.Made.ShouldBe([FiveMinutes, Hour]);
        a.HotPeriod.ShouldBe(TimeSpan.FromHours(6));
        a.Queries.MaxSourceResolution.ToString().ShouldBe("auto");
        a.Queries.MaxLength.ShouldBe(TimeSpan.FromDays(14));
        a.Queries.MaxConcurrency.ShouldBe(3);
        TenantLimits b = TenantOptions.LimitsOf(overrides.Options[TenantId.Parse("team-b")]);
        b.Retention.Raw.ShouldBe(TimeSpan.FromDays(10));
        b.Retention.Made.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("overrides:\n  team-a:\n    retention: soon\n", "overrides.yaml:3: retention: 'soon' is not a duration such as 30d, 1h30m or 250ms (tenant team-a)")]
    [InlineData("overrides:\n  team-a:\n    compactor.downsampled-retention: 5m\n", "overrides.yaml:3: compactor.downsampled-retention: '5m' is not of the form resolution=age (tenant team-a)")]
    [InlineData("overrides:\n  team-a:\n    listen: ':1'\n", "overrides.yaml:3: unknown option listen (tenant team-a; options of all tenants together stand in the configuration)")]
    [InlineData("overrides:\n  team-a:\n    retention: 1d\n    retention: 2d\n", "overrides.yaml:4: retention is set twice (tenant team-a; options of all tenants together stand in the configuration)")]
    [InlineData("overrides:\n  team-a:\n    retention: 1d\n  team-a:\n    retention: 1d\n", "overrides.yaml:4: tenant team-a occurs twice")]
    [InlineData("team-a:\n  retention: 1d\n", "overrides.yaml:1: unknown key team-a, only overrides is read")]
    [InlineData("nothing", "overrides.yaml:1: a mapping of overrides is expected, not 'nothing'")]
    public void Read_Faults_AreNamedWithTheirPlace(string yaml, string fault) => Read(yaml).Faults.ShouldBe([fault]);

    [Theory]
    [InlineData("overrides:\n  'a/b':\n    retention: 1d\n")]
    [InlineData("overrides:\n  - team-a\n")]
    [InlineData("overrides: 3\n")]
    [InlineData("overrides:\n  team-a: 3\n")]
    [InlineData("overrides: [\n")]
    public void Read_Malformed_HasOneFault(string yaml) => Read(yaml).Faults.ShouldHaveSingleItem().ShouldStartWith("overrides.yaml:");

    [Theory]
    [InlineData("")]
    [InlineData("overrides:\n")]
    [InlineData("# nothing yet\n")]
    public void Read_Nothing_IsNothing(string yaml)
    {
        TenantOverrides overrides = Read(yaml);

        overrides.Faults.ShouldBeEmpty();
        overrides.Options.ShouldBeEmpty();
    }

    [Fact]
    public void Load_FaultsOfTheFile_AreToldWithThoseOfTheOptions()
    {
        (_, IReadOnlyList<string> faults) = new OptionLoader(OptionTable.All).Load(
            ["--limits.overrides-file=overrides.yaml"], [], static _ => new StringReader("overrides:\n  a:\n    retention: x\n"));

        faults.ShouldHaveSingleItem().ShouldStartWith("overrides.yaml:3: retention: ");
        LoadedOptions.Load(["--limits.overrides-file=missing.yaml"]).Faults.ShouldBe(["limits.overrides-file: cannot read missing.yaml: no file missing.yaml"]);
    }

    [Fact]
    public void ByName_HasOptionsThatExist() => TenantOptions.ByName.Count.ShouldBe(12);

    [Fact]
    public void Gaps_RetentionShorterThanTheWayToWindows_IsTold()
    {
        IReadOnlyList<DownsampleTier> tiers = DownsamplerOptions.DefaultTiers;
        TenantRetention made = new() { Made = [FiveMinutes, Hour] };

        TierGaps.Of(made, tiers).ShouldBeEmpty();
        TierGaps.Of(made with { Raw = TimeSpan.FromDays(15) }, tiers).ShouldBeEmpty();
        TierGaps.Of(made with { Raw = TimeSpan.FromDays(1) }, tiers).ShouldBe(
            ["samples are read for 1d, windows of 5m are made after up to 3d16h: the times between are in no answer"]);
        TierGaps.Of(made with { Raw = TimeSpan.FromDays(5), Downsampled = new Dictionary<long, TimeSpan> { [FiveMinutes] = TimeSpan.FromDays(9) } }, tiers).ShouldBe(
            ["samples and windows of 5m are read for 9d, windows of 1h are made after up to 12d: the times between are in no answer"]);
        TierGaps.Of(TenantRetention.Forever with { Raw = TimeSpan.FromHours(1) }, tiers).ShouldBeEmpty("nothing is made");
    }

    private static TenantOverrides Read(string yaml, params string[] arguments) =>
        TenantOverrides.Read(With(LoadedOptions.Valid(arguments)), _ => new StringReader(yaml));

    private static RemoteStoreOptions With(RemoteStoreOptions options) => options with { Limits = options.Limits with { OverridesFile = "overrides.yaml" } };
}
