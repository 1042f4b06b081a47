namespace RemoteStore.Ruler.Evaluation;

/// <summary>How the last evaluation of a rule went.</summary>
public enum RuleHealth
{
    /// <summary>It was not evaluated yet.</summary>
    Unknown = 0,

    /// <summary>Well.</summary>
    Good,

    /// <summary>It failed, or samples of it were refused.</summary>
    Bad,
}
