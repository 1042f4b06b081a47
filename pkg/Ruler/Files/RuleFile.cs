namespace RemoteStore.Ruler.Files;

/// <summary>What a rule file holds, or what is wrong with it.</summary>
/// <param name="Name">The file.</param>
/// <param name="Groups">Its groups in order; empty when anything is wrong.</param>
/// <param name="Faults">All that is wrong, in the order of places.</param>
public sealed record RuleFile(string Name, IReadOnlyList<RuleGroup> Groups, IReadOnlyList<RuleFileFault> Faults)
{
    /// <summary>True when nothing is wrong.</summary>
    public bool IsSound => Faults.Count == 0;
}
