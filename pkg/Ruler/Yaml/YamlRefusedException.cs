using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Yaml;

/// <summary>A document is well formed, but is not read.</summary>
/// <param name="position">Where.</param>
/// <param name="message">Why.</param>
internal sealed class YamlRefusedException(SourcePosition position, string message) : Exception(message)
{
    /// <summary>Where.</summary>
    public SourcePosition Position { get; } = position;
}
