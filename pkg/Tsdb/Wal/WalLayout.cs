using System.Globalization;

namespace RemoteStore.Tsdb.Wal;

/// <summary>Names of the log's files and folders, in one place.</summary>
internal static class WalLayout
{
    /// <summary>Header file of a generation folder.</summary>
    public const string HeaderFile = "generation";

    /// <summary>File of a generation folder that says where replay begins.</summary>
    public const string BeginFile = "begin";

    /// <summary>Suffix of a generation folder whose removal has begun; whatever it holds is no longer part of the log.</summary>
    public const string DeletedSuffix = ".deleted";

    private const string SegmentSuffix = ".seg";

    /// <summary>Folder of a generation.</summary>
    public static string GenerationFolder(string walDirectory, uint generation) => Path.Combine(walDirectory, generation.ToString("x8", CultureInfo.InvariantCulture));

    /// <summary>A segment file in its generation's folder.</summary>
    public static string SegmentFile(string generationFolder, int segment) =>
        Path.Combine(generationFolder, segment.ToString("x8", CultureInfo.InvariantCulture) + SegmentSuffix);

    /// <summary>Generations that have a folder, ascending.</summary>
    public static List<uint> Generations(string walDirectory)
    {
        var found = new List<uint>();
        if (Directory.Exists(walDirectory))
        {
            foreach (string folder in Directory.EnumerateDirectories(walDirectory))
            {
                if (TryParseHex(Path.GetFileName(folder), out uint generation))
                {
                    found.Add(generation);
                }
            }
        }

        found.Sort();
        return found;
    }

    /// <summary>Folders whose removal was interrupted.</summary>
    public static IEnumerable<string> HalfDeleted(string walDirectory) =>
        Directory.Exists(walDirectory) ? Directory.GetDirectories(walDirectory, "*" + DeletedSuffix) : [];

    /// <summary>Segments of a generation that have a file, ascending.</summary>
    public static List<int> Segments(string generationFolder)
    {
        var found = new List<int>();
        foreach (string file in Directory.EnumerateFiles(generationFolder, "*" + SegmentSuffix))
        {
            if (TryParseHex(Path.GetFileNameWithoutExtension(file), out uint segment) && segment <= int.MaxValue)
            {
                found.Add((int)segment);
            }
        }

        found.Sort();
        return found;
    }

    /// <summary>Bytes of a generation's segments.</summary>
    public static long SizeOf(string generationFolder)
    {
        long sizeBytes = 0;
        foreach (int segment in Segments(generationFolder))
        {
            sizeBytes += new FileInfo(SegmentFile(generationFolder, segment)).Length;
        }

        return sizeBytes;
    }

    private static bool TryParseHex(string name, out uint value)
    {
        value = 0;
        return name.Length == 8 && uint.TryParse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
