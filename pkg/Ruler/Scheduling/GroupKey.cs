using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>Where rules of a tenant come from.</summary>
public enum RuleOrigin
{
    /// <summary>Files of the server.</summary>
    File,

    /// <summary>The rule API.</summary>
    Api,
}

/// <summary>What makes a group the same one from configuration to configuration of its tenant.</summary>
/// <param name="Origin">Where it comes from.</param>
/// <param name="File">Its file or namespace.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct GroupKey(RuleOrigin Origin, string File, string Name)
{
    /// <summary>The key of a group.</summary>
    public static GroupKey Of(RuleOrigin origin, RuleGroup group) => new(origin, group.File, group.Name);

    /// <summary>As metrics name it, Prometheus' way.</summary>
    public override string ToString() => $"{File};{Name}";
}
