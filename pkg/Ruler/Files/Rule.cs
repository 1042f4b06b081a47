using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.Ruler.Files;

/// <summary>A rule as written. Immutable.</summary>
/// <param name="Name">Metric name of a recording rule, name of an alert.</param>
/// <param name="Expression">The query as written.</param>
/// <param name="Tree">The query, parsed.</param>
public abstract record Rule(string Name, string Expression, Expr Tree)
{
    private readonly string _query = Tree.ToString()!;

    /// <summary>The query in canonical spelling, as the API and links show it.</summary>
    public string Query => _query;

    /// <summary>Labels by name, those of the group included; values of alerting rules are templates.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Labels as the rule itself has them, without those of its group.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> OwnLabels { get; init; } = [];

    /// <summary>Where it begins.</summary>
    public SourcePosition Position { get; init; }

    /// <summary>True when replacing one by the other changes nothing but places in files.</summary>
    public virtual bool IsSameAs(Rule other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return GetType() == other.GetType() && Name == other.Name && Query == other.Query && Labels.SequenceEqual(other.Labels);
    }
}
