namespace RemoteStore.Ruler.Files;

/// <summary>What is wrong with a rule file.</summary>
/// <param name="File">The file.</param>
/// <param name="Position">Where in it.</param>
/// <param name="Reason">What is wrong, in Prometheus' words where it has some, without the place.</param>
public sealed record RuleFileFault(string File, SourcePosition Position, string Reason)
{
    /// <summary>Name of the group, empty when it is not within one.</summary>
    public string Group { get; init; } = "";

    /// <summary>Number of the rule in its group, from 1; 0 when it is not within one.</summary>
    public int RuleNumber { get; init; }

    /// <summary>Name of the rule, empty when it has none.</summary>
    public string RuleName { get; init; } = "";

    /// <summary>As <c>rules.yml: 5:9: group "g", rule 1, "name": could not parse expression: …</c>.</summary>
    public override string ToString()
    {
        string place = Position.Line == 0 ? File : $"{File}: {Position}";
        return RuleNumber == 0 ? $"{place}: {Reason}" : FormattableString.Invariant($"{place}: group \"{Group}\", rule {RuleNumber}, \"{RuleName}\": {Reason}");
    }
}
