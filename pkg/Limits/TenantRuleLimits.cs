namespace RemoteStore.Limits;

/// <summary>How many rules one tenant may store by the rule API. 0 = unlimited.</summary>
public sealed record TenantRuleLimits
{
    /// <summary>Name of the option behind <see cref="MaxGroups"/>, for messages.</summary>
    public const string MaxGroupsOption = "limits.max-rule-groups";

    /// <summary>Name of the option behind <see cref="MaxRulesPerGroup"/>, for messages.</summary>
    public const string MaxRulesPerGroupOption = "limits.max-rules-per-group";

    /// <summary>Most rule groups.</summary>
    public int MaxGroups { get; init; }

    /// <summary>Most rules of a group.</summary>
    public int MaxRulesPerGroup { get; init; }
}
