using System.Globalization;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tsdb.Registry;

/// <summary>Names of the files in a tenant's series folder.</summary>
internal static class RegistryFiles
{
    private const string LogPrefix = "log-";
    private const string SnapshotPrefix = "snapshot-";
    private const string CorruptPrefix = "corrupt-";

    /// <summary>A log segment.</summary>
    public static string Log(string directory, long sequence) => Name(directory, LogPrefix, sequence);

    /// <summary>A snapshot.</summary>
    public static string Snapshot(string directory, long sequence) => Name(directory, SnapshotPrefix, sequence);

    /// <summary>Where a damaged file or stretch of it is kept for inspection.</summary>
    public static string Corrupt(string path, long offset) => Path.Combine(
        Path.GetDirectoryName(path)!,
        string.Create(CultureInfo.InvariantCulture, $"{CorruptPrefix}{Path.GetFileName(path)}-at-{offset}"));

    /// <summary>Log segments, oldest first.</summary>
    public static List<(string Path, long Sequence)> Logs(string directory) => List(directory, LogPrefix);

    /// <summary>Snapshots, oldest first.</summary>
    public static List<(string Path, long Sequence)> Snapshots(string directory) => List(directory, SnapshotPrefix);

    /// <summary>Files that were being written when the process ended.</summary>
    public static string[] Temporary(string directory) => Directory.GetFiles(directory, "*" + DurableFile.TemporarySuffix);

    private static string Name(string directory, string prefix, long sequence) =>
        Path.Combine(directory, prefix + sequence.ToString("x16", CultureInfo.InvariantCulture));

    private static List<(string Path, long Sequence)> List(string directory, string prefix)
    {
        var found = new List<(string Path, long Sequence)>();
        foreach (string path in Directory.GetFiles(directory, prefix + "*"))
        {
            if (long.TryParse(Path.GetFileName(path).AsSpan(prefix.Length), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long sequence))
            {
                found.Add((path, sequence));
            }
        }

        found.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
        return found;
    }
}
