namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>Which keywords may be names.</summary>
internal static class WordKinds
{
    /// <summary>Tokens that may be metric names.</summary>
    public static IReadOnlyList<ItemKind> Metrics { get; } =
    [
        ItemKind.Avg, ItemKind.BottomK, ItemKind.By, ItemKind.Count, ItemKind.CountValues, ItemKind.Fill, ItemKind.FillLeft, ItemKind.FillRight, ItemKind.Group,
        ItemKind.Identifier, ItemKind.And, ItemKind.Or, ItemKind.Unless, ItemKind.Max, ItemKind.MetricIdentifier, ItemKind.Min, ItemKind.Offset, ItemKind.Quantile,
        ItemKind.StdDev, ItemKind.StdVar, ItemKind.Sum, ItemKind.TopK, ItemKind.Without, ItemKind.Start, ItemKind.Finish, ItemKind.LimitK, ItemKind.LimitRatio,
        ItemKind.Step, ItemKind.Range, ItemKind.Anchored, ItemKind.Smoothed, ItemKind.MaxOf, ItemKind.MinOf,
    ];

    /// <summary>Tokens that may be labels of a grouping clause.</summary>
    public static IReadOnlyList<ItemKind> Labels { get; } =
    [
        ItemKind.Avg, ItemKind.Bool, ItemKind.BottomK, ItemKind.By, ItemKind.Count, ItemKind.CountValues, ItemKind.Group, ItemKind.GroupLeft, ItemKind.GroupRight,
        ItemKind.Fill, ItemKind.FillLeft, ItemKind.FillRight, ItemKind.Identifier, ItemKind.Ignoring, ItemKind.And, ItemKind.Or, ItemKind.Unless, ItemKind.Max,
        ItemKind.MetricIdentifier, ItemKind.Min, ItemKind.Offset, ItemKind.On, ItemKind.Quantile, ItemKind.StdDev, ItemKind.StdVar, ItemKind.Sum, ItemKind.TopK,
        ItemKind.Start, ItemKind.Finish, ItemKind.Atan2, ItemKind.LimitK, ItemKind.LimitRatio, ItemKind.Step, ItemKind.Range, ItemKind.Anchored, ItemKind.Smoothed,
        ItemKind.MaxOf, ItemKind.MinOf,
    ];
}
