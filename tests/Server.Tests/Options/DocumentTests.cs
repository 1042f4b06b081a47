using System.Text.RegularExpressions;
using RemoteStore.Options;
using RemoteStore.Server.Options;
using RemoteStore.Server.Options.Tenants;
using RemoteStore.Server.Roles;
using RemoteStore.Server.Tests.Hosting;
using RemoteStore.Tool.Commands;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Options;

/// <summary>The README and the example file say what the option table says.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Readme_Table_IsTheOptionTable()
    {
        var defaults = new RemoteStoreOptions();
        string[] expected =
        [
            .. OptionTable.All.Select(option =>
            {
                string value = option.Format(defaults);
                return $"| `{option.Name}` | {(value.Length == 0 ? "" : $"`{value}`")} | {option.Help} |";
            }),
        ];

        string[] rows = [.. Read("README.md").Split('\n').SkipWhile(static line => !line.StartsWith("| Option |", StringComparison.Ordinal))
            .Skip(2).TakeWhile(static line => line.StartsWith('|'))];

        rows.ShouldBe(expected);
    }

    [Fact]
    public void Example_AsItIs_IsValid() => LoadedOptions.Valid(yaml: Read("examples/remotestore.yaml"));

    [Fact]
    public void ExampleOfOverrides_IsValid()
    {
        RemoteStoreOptions options = LoadedOptions.Valid();

        var overrides = TenantOverrides.Read(
            options with { Limits = options.Limits with { OverridesFile = "overrides.yaml" } }, static _ => new StringReader(Read("examples/overrides.yaml")));

        overrides.Faults.ShouldBeEmpty();
        overrides.Options.Count.ShouldBe(2);
    }

    [Fact]
    public void Example_WithCommentsRemoved_GivesDefaultsOfEveryOption()
    {
        string yaml = string.Join('\n', Read("examples/remotestore.yaml").Split('\n').Select(static line =>
        {
            string bare = line.TrimStart();
            bool isOption = bare.StartsWith("# ", StringComparison.Ordinal) && bare.Split(' ')[1].EndsWith(':') && bare.Split(' ').Length == 3;
            return isOption ? line.Replace("# ", "", StringComparison.Ordinal) : line;
        }));

        RemoteStoreOptions options = LoadedOptions.Valid(["--listen=127.0.0.1:9009"], yaml: yaml);

        var defaults = new RemoteStoreOptions();
        (options with { Server = options.Server with { ConfigFile = "" } }).ShouldBe(defaults);
        foreach (OptionDescriptor<RemoteStoreOptions> option in OptionTable.All.Where(static option => option.Name is not ("config.file" or "grpc-listen")))
        {
            yaml.ShouldContain(option.Name.Split('.')[^1] + ": ", customMessage: option.Name);
        }
    }

    [Fact]
    public void ExampleRules_AreValid()
    {
        var errors = new StringWriter();

        ToolCommands.Create(TextWriter.Null, errors).Parse(["check", "rules", PathOf("examples/rules.yml")]).Invoke().ShouldBe(0, errors.ToString());
    }

    [Fact]
    public async Task ExampleRules_ReadOnlyMetricsThatThereAre()
    {
        string directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
        try
        {
            var options = new RemoteStoreOptions();
            await using RunningServer server = await RunningServer.StartAsync(
                options with { Storage = options.Storage with { DataDirectory = directory } }, RoleFactory.Create);
            await server.BecomeReadyAsync();
            string page = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
            string[] known = [.. TypeLine().Matches(page).Select(static match => match.Groups[1].Value)];

            string[] read = [.. MetricName().Matches(Read("examples/rules.yml")).Select(static match => match.Value).Distinct()];

            read.Length.ShouldBeGreaterThan(10);
            read.ShouldBeSubsetOf(known);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Read(string path) => File.ReadAllText(PathOf(path));

    private static string PathOf(string path)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RemoteStore.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, path);
    }

    [GeneratedRegex("^# TYPE (remotestore_[a-z0-9_]+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex("(?<![a-z:])remotestore_[a-z0-9_]+(?![a-z0-9_:])")]
    private static partial Regex MetricName();
}
