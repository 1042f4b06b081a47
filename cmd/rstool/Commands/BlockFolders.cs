using RemoteStore.Blocks.Format;

namespace RemoteStore.Tool.Commands;

/// <summary>Finds blocks below a path: one block, a directory of blocks, or a data directory. Blocks never change, so that a running server does not matter.</summary>
internal static class BlockFolders
{
    private const string Meta = "meta.json";

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

        string blocks = Path.Combine(root, "blocks");
        List<string> found = Below(Directory.Exists(blocks) ? blocks : root);
        return found.Count > 0 || Directory.Exists(blocks) ? found : throw new DirectoryNotFoundException($"{root} holds no blocks");
    }

    private static List<string> Below(string root) =>
    [
        .. Directory.EnumerateDirectories(root).SelectMany(static directory => Directory.EnumerateDirectories(directory).Append(directory))
            .Where(static directory => BlockId.TryParse(Path.GetFileName(directory), out _))
            .Order(StringComparer.Ordinal),
    ];
}
