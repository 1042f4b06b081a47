namespace RemoteStore.Api;

/// <summary>What the process knows about itself and status endpoints tell.</summary>
public sealed record ServerFacts
{
    /// <summary>Version that clients read, of the form of Prometheus'.</summary>
    public string Version { get; init; } = "3.14.0";

    /// <summary>Revision of the source.</summary>
    public string Revision { get; init; } = "";

    /// <summary>Version of the runtime.</summary>
    public string Runtime { get; init; } = "";

    /// <summary>When the process started.</summary>
    public DateTimeOffset StartTime { get; init; }

    /// <summary>How long raw samples are kept, as an operator writes it.</summary>
    public string Retention { get; init; } = "";

    /// <summary>All options in force, by name.</summary>
    public IReadOnlyDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();

    /// <summary>The options in force as YAML.</summary>
    public string Configuration { get; init; } = "";
}
