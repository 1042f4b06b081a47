namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>How many series of one side may match one of the other.</summary>
public enum MatchCardinality
{
    /// <summary>One on each side.</summary>
    OneToOne,

    /// <summary><c>group_left</c>: many on the left.</summary>
    ManyToOne,

    /// <summary><c>group_right</c>: many on the right.</summary>
    OneToMany,

    /// <summary>Set operators: any number on both.</summary>
    ManyToMany,
}

/// <summary>How series of two vectors find each other.</summary>
/// <param name="Cardinality">How many may match.</param>
/// <param name="On">True when <paramref name="Labels"/> alone are compared, false when all but them.</param>
/// <param name="Labels">Labels of <c>on</c> or <c>ignoring</c>; empty when there is neither.</param>
/// <param name="Include">Labels the "many" side takes from the "one" side.</param>
/// <param name="FillLeft">Value in place of a series missing on the left; null: none.</param>
/// <param name="FillRight">Value in place of a series missing on the right; null: none.</param>
public sealed record VectorMatching(
    MatchCardinality Cardinality,
    bool On,
    IReadOnlyList<string> Labels,
    IReadOnlyList<string> Include,
    double? FillLeft,
    double? FillRight)
{
    /// <summary>One to one on all labels, as between two vectors without modifiers.</summary>
    public static VectorMatching Default { get; } = new(MatchCardinality.OneToOne, On: false, [], [], null, null);
}
