using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Stores;

/// <summary>The stored groups of a tenant.</summary>
/// <param name="Groups">Those that can be used, by namespace, then name.</param>
/// <param name="Faults">What is wrong with the others.</param>
public sealed record StoredRules(IReadOnlyList<RuleGroup> Groups, IReadOnlyList<string> Faults);
