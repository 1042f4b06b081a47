using System.Xml.Linq;

namespace RemoteStore.Architecture.Tests;

/// <summary>One project file: what it is called and what it refers to.</summary>
internal sealed record Project(string Path, string Name, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    /// <summary>Every project of the tree.</summary>
    public static IReadOnlyList<Project> All { get; } =
        [.. Repository.Files.Where(static file => file.EndsWith(".csproj", StringComparison.Ordinal)).Select(Load)];

    /// <summary>Those that ship: not tests, not benchmarks.</summary>
    public static IReadOnlyList<Project> Shipped { get; } = [.. All.Where(static project => project.Path.Split('/')[0] is "cmd" or "pkg" or "promql")];

    public string Folder => Path[..Path.LastIndexOf('/')];

    private static Project Load(string path)
    {
        XDocument xml = XDocument.Parse(Repository.Read(path));
        return new Project(
            path,
            NameOf(path),
            [.. Includes("ProjectReference").Select(NameOf)],
            [.. Includes("PackageReference")]);

        IEnumerable<string> Includes(string element) => xml.Descendants(element).Select(static item => (string?)item.Attribute("Include") ?? "");
    }

    /// <summary><c>RemoteStore.Tsdb.csproj</c> is <c>Tsdb</c>.</summary>
    private static string NameOf(string path)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        return name.StartsWith("RemoteStore.", StringComparison.Ordinal) ? name["RemoteStore.".Length..] : name;
    }
}
