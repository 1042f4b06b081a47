using RemoteStore.Model.Labels;

namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>Selects series by their labels.</summary>
/// <param name="name">The metric name before the braces; empty when there is none.</param>
/// <param name="matchers">The matchers; that of <paramref name="name"/> is the last.</param>
/// <param name="position">Where.</param>
public sealed class VectorSelector(string name, IReadOnlyList<LabelMatcher> matchers, PositionRange position) : Expr
{
    /// <summary>The metric name before the braces; empty when it is in the braces or absent.</summary>
    public string Name { get; } = name;

    /// <summary>The matchers in the order written; the one of <see cref="Name"/>, on <c>__name__</c>, is the last.</summary>
    public IReadOnlyList<LabelMatcher> Matchers { get; } = matchers;

    /// <summary>Offset and <c>@</c>.</summary>
    public SelectorModifiers Modifiers { get; private init; } = new();

    /// <summary>True with <c>anchored</c>.</summary>
    public bool Anchored { get; internal set; }

    /// <summary>True with <c>smoothed</c>.</summary>
    public bool Smoothed { get; internal set; }

    /// <summary>True for the second argument of <c>info</c>, which may match everything.</summary>
    public bool MayMatchEverything { get; internal set; }

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Vector;

    /// <inheritdoc/>
    public override PositionRange Position => new(position.Start, End);

    internal int End { get; set; } = position.End;

    /// <summary>The same, at the same place, with other matchers.</summary>
    public VectorSelector WithMatchers(IReadOnlyList<LabelMatcher> matchers) => new(Name, matchers, Position)
    {
        Modifiers = Modifiers,
        Anchored = Anchored,
        Smoothed = Smoothed,
        MayMatchEverything = MayMatchEverything,
    };
}
