namespace RemoteStore.Histories.Tests.Store;

/// <summary>Damages files of a store that is not running.</summary>
internal static class Damage
{
    /// <summary>Flips one bit of one file; kinds of files are equally likely, however many there are of each.</summary>
    /// <returns>The file.</returns>
    public static string FlipOneBit(string directory, Random random)
    {
        IGrouping<string, string>[] kinds =
        [
            .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
                .Where(static file => new FileInfo(file).Length > 0 && KindOf(file) != "Other")
                .Order(StringComparer.Ordinal)
                .GroupBy(KindOf)
                .OrderBy(static group => group.Key, StringComparer.Ordinal),
        ];
        if (kinds.Length == 0)
        {
            return string.Empty;
        }

        string[] files = [.. kinds[random.Next(kinds.Length)]];
        string file = files[random.Next(files.Length)];
        byte[] bytes = File.ReadAllBytes(file);
        int used = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1; // log segments are longer than what is in them
        bytes[random.Next(Math.Max(1, used))] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(file, bytes);
        return file;
    }

    /// <summary>What a file is.</summary>
    public static string KindOf(string file)
    {
        string path = file.Replace('\\', '/');
        string name = Path.GetFileName(path);
        return path switch
        {
            _ when path.Contains("/quarantine/", StringComparison.Ordinal) || name.StartsWith("corrupt-", StringComparison.Ordinal) => "Other",
            _ when path.Contains("/blocks/", StringComparison.Ordinal) => name.StartsWith("meta", StringComparison.Ordinal) ? "BlockMeta" : "Block",
            _ when name.EndsWith(".part", StringComparison.Ordinal) => "Part",
            _ when path.Contains("/parts/", StringComparison.Ordinal) => "Manifest",
            _ when path.Contains("/wal/", StringComparison.Ordinal) => "Wal",
            _ when path.Contains("/series/snapshot-", StringComparison.Ordinal) => "Snapshot",
            _ when path.Contains("/series/log-", StringComparison.Ordinal) => "SeriesLog",
            _ => "Other",
        };
    }
}
