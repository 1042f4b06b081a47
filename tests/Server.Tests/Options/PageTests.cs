using System.Text.RegularExpressions;
using RemoteStore.Options;
using RemoteStore.Server.Options;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Options;

public sealed class PageTests
{
    [Fact]
    public void Help_EveryOption_IsListedWithItsDefault()
    {
        string page = Regex.Replace(HelpText.Render(OptionTable.All), @"\s+", " ");
        var defaults = new RemoteStoreOptions();

        foreach (OptionDescriptor<RemoteStoreOptions> option in OptionTable.All)
        {
            string value = option.Format(defaults);
            string shown = option.IsSecret ? "" : $" (default: {(value.Length == 0 ? "none" : value)})";
            page.ShouldContain($"--{option.Name} <{option.ValueName}> {option.Help}{shown} ");
        }
    }

    [Fact]
    public void Help_Groups_ComeInOrderAndOnce() =>
        Regex.Matches(HelpText.Render(OptionTable.All), @"^(\w[\w ]*):$", RegexOptions.Multiline).Select(static heading => heading.Groups[1].Value)
            .ShouldBe(["Server", "Storage", "Object storage", "Remote write", "Queries", "Limits of each tenant", "Rules", "Alertmanagers", "Log", "Other"]);

    [Fact]
    public void Help_Lines_FitOnAScreen() => HelpText.Render(OptionTable.All).Split('\n').ShouldAllBe(static line => line.Length <= 106);

    [Fact]
    public void Table_EnvironmentNames_AreUniqueAndMapped()
    {
        OptionTable.All.Select(static option => option.EnvironmentName).ShouldBeUnique();
        OptionTable.All.Single(static option => option.Name == "storage.out-of-order-window").EnvironmentName
            .ShouldBe("REMOTESTORE_STORAGE_OUT_OF_ORDER_WINDOW");
    }

    [Fact]
    public void Config_Page_ReadsBackToTheSameOptions()
    {
        RemoteStoreOptions options = LoadedOptions.Valid(
            ["--listen=[::1]:0", "--retention=30d", "--multitenancy.enabled", "--data-dir=it's here", "--write.max-decoded-bytes=5MB", "--log.format=json"]);

        RemoteStoreOptions back = LoadedOptions.Valid(yaml: ConfigPage.Render(OptionTable.All, options));

        (back with { Server = back.Server with { ConfigFile = "" } }).ShouldBe(options);
    }

    [Fact]
    public void Config_Secret_IsHiddenHereAndInHelp()
    {
        OptionDescriptor<RemoteStoreOptions> secret = OptionTypes<RemoteStoreOptions>.Text(
            "Server", "server.token", "text", "A token.", static o => "hunter2", static (o, _) => o, isSecret: true);

        ConfigPage.Render([secret], new RemoteStoreOptions()).ShouldBe("server:\n  token: '<secret>'\n");
        HelpText.Render([secret]).ShouldNotContain("hunter2");
    }
}
