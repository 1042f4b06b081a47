using RemoteStore.Blocks.Format.Reading;

namespace RemoteStore.Tool.Commands;

/// <summary>A block that was found somewhere.</summary>
/// <param name="Place">Where it lies: a folder, or a key below a bucket.</param>
/// <param name="Open">Opens its files; the caller disposes them.</param>
internal sealed record FoundBlock(string Place, Func<IBlockSource> Open)
{
    /// <summary>Its name as the place has it.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Place));
}
