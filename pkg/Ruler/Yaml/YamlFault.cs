using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Yaml;

/// <summary>What is wrong with a YAML document.</summary>
/// <param name="Position">Where.</param>
/// <param name="Reason">What.</param>
public sealed record YamlFault(SourcePosition Position, string Reason);
