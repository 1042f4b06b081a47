namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>Where in time a selector or subquery looks.</summary>
public sealed class SelectorModifiers
{
    /// <summary>How far back it is moved, in milliseconds; negative moves it forward. 0 when <see cref="OffsetExpr"/> gives it.</summary>
    public long OffsetMs { get; internal set; }

    /// <summary>The offset as arithmetic; null when it is a plain duration or absent.</summary>
    public DurationExpr? OffsetExpr { get; internal set; }

    /// <summary>What an <c>@</c> pins it to.</summary>
    public AtModifier At { get; internal set; }

    /// <summary>True when there is an offset other than 0.</summary>
    internal bool HasOffset => OffsetMs != 0 || OffsetExpr is not null;
}
