using Shouldly;
using Xunit;

namespace RemoteStore.Architecture.Tests;

public sealed class ProjectGraphTests
{
    private static readonly Dictionary<string, int> s_layers = new(StringComparer.Ordinal)
    {
        ["Primitives"] = 0,
        ["Telemetry"] = 0,
        ["Model"] = 1,
        ["Chunks"] = 2,
        ["Index"] = 2,
        ["Wire"] = 2,
        ["Limits"] = 2,
        ["ObjectStore"] = 2,
        ["Options"] = 2,
        ["PromQL.Parser"] = 2,
        ["Storage"] = 3,
        ["Blocks"] = 4,
        ["PromQL"] = 4,
        ["Tsdb"] = 5,
        ["BlockStore"] = 5,
        ["PrometheusBlocks"] = 5,
        ["PromQL.Testing"] = 5,
        ["Api"] = 6,
        ["Compactor"] = 6,
        ["Distributor"] = 6,
        ["Downsampler"] = 6,
        ["Querier"] = 6,
        ["Ruler"] = 6,
        ["QueryFrontend"] = 6,
        ["StoreGateway"] = 6,
        ["remotestore"] = 7,
        ["rstool"] = 7,
    };

    /// <summary>Who may use a third-party package directly. Hashing is a primitive of the platform; metric classes hold the counters that Telemetry makes.</summary>
    private static readonly Dictionary<string, string[]> s_packageHomes = new(StringComparer.Ordinal)
    {
        ["Microsoft.FASTER.Core"] = ["Tsdb"],
        ["Minio"] = ["ObjectStore"],
        ["Snappier"] = ["Wire"],
        ["Sprache"] = ["PromQL.Parser"],
        ["System.CommandLine"] = ["rstool"],
        ["System.IO.Hashing"] = ["Primitives", "Model", "Index", "Blocks", "Tsdb"],
        ["YamlDotNet"] = ["remotestore", "Ruler"],
        ["ZstdSharp.Port"] = ["Blocks"],
        ["prometheus-net"] =
            [
                "Telemetry", "Tsdb", "Api", "Distributor", "Querier", "QueryFrontend", "ObjectStore", "BlockStore", "Compactor", "StoreGateway", "Ruler",
                "Downsampler",
            ],
    };

    public static TheoryData<string> ShippedProjects => [.. Project.Shipped.Select(static project => project.Name)];

    [Theory]
    [MemberData(nameof(ShippedProjects))]
    public void Project_References_PointDownOnly(string name)
    {
        s_layers.ShouldContainKey(name, "give the new assembly a layer here and in ARCHITECTURE.md");
        foreach (string reference in Find(name).References)
        {
            s_layers[reference].ShouldBeLessThan(s_layers[name], $"{name} refers to {reference}");
        }
    }

    [Theory]
    [MemberData(nameof(ShippedProjects))]
    public void Project_Packages_AreUsedAtHome(string name)
    {
        foreach (string package in Find(name).Packages)
        {
            s_packageHomes.ShouldContainKey(package);
            s_packageHomes[package].ShouldContain(name, package);
        }
    }

    /// <summary>Transitive references are off, so a shipped executable's output holds only what its own project file names: a gap shows only when a call crosses it.</summary>
    [Theory]
    [MemberData(nameof(Executables))]
    public void Executable_References_AreComplete(string name)
    {
        Project executable = Project.All.Single(project => project.Name == name);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(executable.References);
        while (open.TryPop(out string? next))
        {
            if (needed.Add(next))
            {
                foreach (string reference in Project.All.Single(project => project.Name == next).References)
                {
                    open.Push(reference);
                }
            }
        }

        needed.Except(executable.References).ShouldBeEmpty();
    }

    public static TheoryData<string> Executables =>
        [.. Project.All.Where(static project => project.Path.StartsWith("cmd/", StringComparison.Ordinal)).Select(static project => project.Name)];

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        string solution = Repository.Read("RemoteStore.sln").Replace('\\', '/');
        Project.All.Where(project => !solution.Contains($"\"{project.Path}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void TestProjects_MirrorAssemblies() =>
        Project.All.Where(static project => project.Path.StartsWith("tests/", StringComparison.Ordinal) && project.Name.EndsWith(".Tests", StringComparison.Ordinal))
            .ShouldAllBe(static project => project.Path == $"tests/{project.Name}/RemoteStore.{project.Name}.csproj");

    [Fact]
    public void Packages_HaveOneCentralVersion() =>
        Repository.Files.Where(static file => file.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(static file => Repository.Read(file).Contains("Version=\"", StringComparison.Ordinal)).ShouldBeEmpty();

    private static Project Find(string name) => Project.Shipped.Single(project => project.Name == name);
}
