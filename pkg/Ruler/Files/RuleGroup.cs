namespace RemoteStore.Ruler.Files;

/// <summary>Rules that are evaluated together, one after the other. Immutable.</summary>
/// <param name="File">Where the group was read: a path, or the namespace of the rule API.</param>
/// <param name="Name">Name, unique within <paramref name="File"/>.</param>
/// <param name="Rules">The rules in order.</param>
public sealed record RuleGroup(string File, string Name, IReadOnlyList<Rule> Rules)
{
    /// <summary>How often to evaluate; null for the server's interval.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How far behind the clock to evaluate; null for the tenant's offset.</summary>
    public TimeSpan? QueryOffset { get; init; }

    /// <summary>Most series of a recording rule, most alerts of an alerting rule; 0 or below: no limit.</summary>
    public int Limit { get; init; }

    /// <summary>Labels of all rules, by name; those of a rule win. Already in <see cref="Rule.Labels"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Where it begins.</summary>
    public SourcePosition Position { get; init; }

    /// <summary>True when replacing one by the other changes nothing but places in files.</summary>
    public bool IsSameAs(RuleGroup other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return File == other.File && Name == other.Name && Interval == other.Interval && QueryOffset == other.QueryOffset && Limit == other.Limit &&
            Rules.Count == other.Rules.Count && Rules.Zip(other.Rules).All(static pair => pair.First.IsSameAs(pair.Second));
    }
}
