using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;
using Sprache;
using static RemoteStore.PromQL.Parser.Grammar.TokenParsers;

namespace RemoteStore.PromQL.Parser.Grammar;

/// <summary>Selectors: a name, matchers in braces, or both.</summary>
internal static class SelectorGrammar
{
    private static readonly Parser<Item> s_comparison = AnyOf([ItemKind.Assign, ItemKind.NotEqual, ItemKind.EqualRegex, ItemKind.NotRegex]);

    private static readonly Parser<LabelMatcher?> s_matcher =
        (from name in AnyOf([ItemKind.Identifier, ItemKind.String])
         from comparison in Choose(_ => CompareOrName(name))
         select (name, comparison)).Make(static (c, p) => Matcher(c, p.name, p.comparison));

    private static readonly Parser<(List<LabelMatcher?> Items, PositionRange Position)> s_matchers =
        from open in Token(ItemKind.LeftBrace)
        from list in List(s_matcher, ItemKind.RightBrace, trailingComma: true)
        select (list.Items, new PositionRange(open.Start, list.Close.End));

    private static readonly Parser<(List<LabelMatcher?> Items, PositionRange Position)?> s_maybeMatchers = Choose(static place =>
        place.Kind == ItemKind.LeftBrace ? s_matchers.Select(static m => ((List<LabelMatcher?>, PositionRange)?)m) : s_noMatchers);

    private static readonly Parser<(List<LabelMatcher?> Items, PositionRange Position)?> s_noMatchers =
        Parse.Return<(List<LabelMatcher?> Items, PositionRange Position)?>(null);

    private static readonly Parser<Expr> s_named =
        from name in AnyOf(WordKinds.Metrics)
        from matchers in s_maybeMatchers
        select matchers is var (items, position)
            ? NodeBuilder.Selector(name, items, position with { Start = name.Start })
            : (Expr)NodeBuilder.Selector(name, [], name.Position);

    private static readonly Parser<Expr> s_unnamed = s_matchers.Select(static Expr (m) => NodeBuilder.Selector(null, m.Items, m.Position));

    /// <summary>A selector without range and modifiers.</summary>
    public static Parser<Expr> Any { get; } = Choose(static place => place.Kind == ItemKind.LeftBrace ? s_unnamed : s_named);

    /// <summary>A selector without range and modifiers, and nothing after it.</summary>
    public static Parser<Expr> Alone { get; } =
        from selector in Any
        from end in Token(ItemKind.Eof)
        select selector;

    /// <summary>A selector that begins with its name.</summary>
    public static Parser<Expr> Named => s_named;

    private static Parser<(Item Op, Item Value)?> CompareOrName(Item name) => input =>
    {
        var place = (TokenInput)input;
        if (name.Kind == ItemKind.String && place.Kind is ItemKind.Comma or ItemKind.RightBrace)
        {
            return Result.Success<(Item, Item)?>(null, input);
        }

        IResult<Item> op = s_comparison(input);
        return op.WasSuccessful && ((TokenInput)op.Remainder) is { Kind: ItemKind.String } value
            ? Result.Success<(Item, Item)?>((op.Value, value.Item), value.Next())
            : Failure<(Item, Item)?>(input);
    };

    private static LabelMatcher? Matcher(ParseContext context, Item name, (Item Op, Item Value)? comparison)
    {
        string label = name.Kind == ItemKind.String ? Literals.Text(context, name) : name.Text;
        return comparison is var (op, value)
            ? NodeBuilder.Matcher(context, name, label, op, value)
            : new LabelMatcher(MatchType.Equal, LabelSet.MetricName, label);
    }
}
