using RemoteStore.Options;
using RemoteStore.Server.Options;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Options;

/// <summary>The README and the example file say what the option table says.</summary>
public sealed class DocumentTests
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

    private static string Read(string path)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RemoteStore.sln")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllText(Path.Combine(folder!.FullName, path));
    }
}
