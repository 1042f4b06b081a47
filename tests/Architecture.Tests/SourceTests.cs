using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace RemoteStore.Architecture.Tests;

public sealed class SourceTests
{
    private const int MaxFileLines = 500;
    private const int MaxReadmeLines = 40;

    // Written in pieces, so that this file passes its own test.
    private static readonly Regex s_unfinished = new(string.Join('|', @"\bTO" + @"DO\b", @"\bFIX" + @"ME\b", @"\bHA" + @"CK\b", "NotImplemented" + "Exception"));
    private static readonly Regex s_privatePath = new(string.Join('|', @"(?<![\w/.])/wo" + @"rk/", "/tmp/" + "wt", "/ho" + @"me/\w"));

    private static readonly string[] s_textExtensions =
        [".cs", ".csproj", ".props", ".md", ".sh", ".yml", ".yaml", ".json", ".txt", ".py", ".editorconfig", ".gitignore", ""];

    private static IEnumerable<string> TextFiles => Repository.Files.Where(static file => s_textExtensions.Contains(Path.GetExtension(file)));

    [Fact]
    public void SourceFiles_FitInTheHead() =>
        Repository.Files.Where(static file => file.EndsWith(".cs", StringComparison.Ordinal))
            .Where(static file => Repository.Read(file).Count(static c => c == '\n') > MaxFileLines).ShouldBeEmpty();

    [Fact]
    public void Files_HoldNothingUnfinished() => TextFiles.Where(static file => s_unfinished.IsMatch(Repository.Read(file))).ShouldBeEmpty();

    [Fact]
    public void Files_NameNoPathOfOneMachine() => TextFiles.Where(static file => s_privatePath.IsMatch(Repository.Read(file))).ShouldBeEmpty();

    /// <summary>Partial is for generated code, and for a table or an iterator that has a file of its own beside the type: <c>Type.Table.cs</c>.</summary>
    [Fact]
    public void SourceFiles_UsePartialForGeneratedCodeAndNamedParts() =>
        Repository.Files.Where(static file => file.EndsWith(".cs", StringComparison.Ordinal))
            .Where(static file =>
            {
                string text = Repository.Read(file);
                return Regex.IsMatch(text, @"\bpartial (class|struct|record|interface)\b") &&
                    !Regex.IsMatch(text, @"\[(LoggerMessage|LibraryImport|GeneratedRegex|JsonSerializable)\b") &&
                    Path.GetFileName(file).Count(static c => c == '.') < 2 &&
                    !Repository.Files.Any(other => other != file && other.StartsWith(file[..^"cs".Length], StringComparison.Ordinal));
            }).ShouldBeEmpty();

    [Fact]
    public void Assemblies_HaveAShortReadme()
    {
        foreach (Project project in Project.Shipped)
        {
            string readme = project.Folder + "/README.md";
            Repository.Exists(readme).ShouldBeTrue(readme);
            Repository.Read(readme).Count(static c => c == '\n').ShouldBeLessThanOrEqualTo(MaxReadmeLines, readme);
        }
    }

    [Fact]
    public void Architecture_NamesEveryAssembly()
    {
        string page = Repository.Read("ARCHITECTURE.md");
        Project.Shipped.Where(project => !page.Contains(project.Folder, StringComparison.Ordinal)).Select(static project => project.Folder).ShouldBeEmpty();
    }

    [Fact]
    public void Documents_LinkToFilesThatExist()
    {
        foreach (string document in Repository.Files.Where(static file => file.EndsWith(".md", StringComparison.Ordinal)))
        {
            foreach (Match link in Regex.Matches(Repository.Read(document), @"\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)"))
            {
                string target = Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, link.Groups[1].Value);
                (File.Exists(target) || Directory.Exists(target)).ShouldBeTrue($"{document} links to {link.Groups[1].Value}");
            }
        }
    }
}
