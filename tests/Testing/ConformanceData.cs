using System.Text.Json;
using Xunit;

namespace RemoteStore.Testing;

/// <summary>
/// Finds the conformance data, which lives outside the repository: the folder named by <c>REMOTESTORE_CONFORMANCE</c>, or
/// <c>../shared/conformance</c> beside the repository's root.
/// </summary>
public static class ConformanceData
{
    /// <summary>Environment variable with the folder.</summary>
    public const string FolderVariable = "REMOTESTORE_CONFORMANCE";

    /// <summary>Environment variable that, when <c>1</c>, makes absent data a failure.</summary>
    public const string RequireVariable = "REMOTESTORE_REQUIRE_PEERS";

    /// <summary>The folder, or null when there is none.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Why tests are skipped; null when the data is there, or must be.</summary>
    public static string? SkipReason { get; } = Folder is not null || Environment.GetEnvironmentVariable(RequireVariable) == "1"
        ? null
        : $"the conformance data is absent: {FolderVariable} is not set to an existing folder and there is no ../shared/conformance beside the repository";

    /// <summary>Path of a file of the data.</summary>
    /// <exception cref="DirectoryNotFoundException">The data is absent.</exception>
    public static string PathOf(string relative) =>
        Path.Combine(
            Folder ?? throw new DirectoryNotFoundException($"conformance data not found: set {FolderVariable}"),
            relative);

    /// <summary>The cases of one of the JSON tables.</summary>
    public static IReadOnlyList<JsonElement> Cases(string relative)
    {
        using FileStream file = File.OpenRead(PathOf(relative));
        using var document = JsonDocument.Parse(file);
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(static c => c.Clone())];
    }

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? named : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RemoteStore.sln")))
            {
                string data = Path.Combine(folder.FullName, "..", "shared", "conformance");
                return Directory.Exists(data) ? Path.GetFullPath(data) : null;
            }
        }

        return null;
    }
}

/// <summary>A fact that needs the conformance data; skipped, with the reason, when it is absent.</summary>
public sealed class ConformanceFactAttribute : FactAttribute
{
    /// <summary>Decides at discovery.</summary>
    public ConformanceFactAttribute() => Skip = ConformanceData.SkipReason;
}

/// <summary>A theory that needs the conformance data; skipped, with the reason, when it is absent.</summary>
public sealed class ConformanceTheoryAttribute : TheoryAttribute
{
    /// <summary>Decides at discovery.</summary>
    public ConformanceTheoryAttribute() => Skip = ConformanceData.SkipReason;
}
