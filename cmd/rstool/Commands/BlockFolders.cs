using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;

namespace RemoteStore.Tool.Commands;

/// <summary>
/// Finds blocks below a path: one block, a directory of blocks (that of a bucket is one), or a data directory, whose bucket is looked into, too. Blocks never
/// change, so that a running server does not matter.
/// </summary>
internal static class BlockFolders
{
    private const string Meta = "meta.json";

    private static readonly string[] s_places = ["blocks", "bucket"]; // of a data directory

    /// <summary>Blocks, as <see cref="Find"/> finds their directories.</summary>
    /// <exception cref="IOException">There is nothing of the kind.</exception>
    public static IReadOnlyList<FoundBlock> FindBlocks(string path) =>
        [.. Find(path).Select(static folder => new FoundBlock(folder, () => new LocalBlockSource(folder)))];

    /// <summary>Blocks that a server has on its local disk, whether or not its bucket has them, too.</summary>
    public static IReadOnlyList<FoundBlock> FindLocal(string dataDirectory)
    {
        string folder = Path.Combine(Path.GetFullPath(dataDirectory), s_places[0]);
        return Directory.Exists(folder) ? [.. Below(folder).Select(static block => new FoundBlock(block, () => new LocalBlockSource(block)))] : [];
    }

    /// <summary>Directories of blocks, by tenant and id; those without <c>meta.json</c>, which are no blocks yet or no more, are among them.</summary>
    /// <exception cref="IOException">There is nothing of the kind.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        string root = Path.GetFullPath(path);
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"{root} is not a directory");
        }

        if (File.Exists(Path.Combine(root, Meta)) || BlockId.TryParse(Path.GetFileName(root), out _))
        {
            return [root];
        }

        string[] places = [.. s_places.Select(place => Path.Combine(root, place)).Where(Directory.Exists)];
        List<string> found = places.Length > 0 ? [.. places.SelectMany(Below)] : Below(root);
        return found.Count > 0 || places.Length > 0 ? found : throw new DirectoryNotFoundException($"{root} holds no blocks");
    }

    private static List<string> Below(string root) =>
    [
        .. Directory.EnumerateDirectories(root).SelectMany(static directory => Directory.EnumerateDirectories(directory).Append(directory))
            .Where(static directory => BlockId.TryParse(Path.GetFileName(directory), out _))
            .Order(StringComparer.Ordinal),
    ];
}
