using System.Runtime.CompilerServices;
using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;
using Sprache;
using static RemoteStore.PromQL.Parser.Grammar.TokenParsers;

namespace RemoteStore.PromQL.Parser.Grammar;

/// <summary>The grammar of expressions, as combinators over tokens.</summary>
internal static class PromQLGrammar
{
    private const int PowerLevel = 6;

    private static readonly Parser<Expr> s_number = AnyOf([ItemKind.Number, ItemKind.Duration]).Make(static Expr (c, i) => Literals.NumberOrDuration(c, i));

    private static readonly Parser<Expr> s_string = Token(ItemKind.String).Make(static Expr (c, i) => new StringLiteral(Literals.Bytes(c, i), i.Position));

    private static readonly Parser<Expr> s_paren =
        from open in Token(ItemKind.LeftParen)
        from inner in Expression
        from close in Token(ItemKind.RightParen)
        select new ParenExpr(inner, new PositionRange(open.Start, close.End));

    private static readonly Parser<(List<Expr> Items, Item Close)> s_arguments =
        from open in Token(ItemKind.LeftParen)
        from list in List(Expression, ItemKind.RightParen, trailingComma: false)
        select list;

    private static readonly Parser<Expr> s_call =
        (from name in AnyOf([ItemKind.Identifier, ItemKind.Start, ItemKind.Finish, ItemKind.Step, ItemKind.Range, ItemKind.MinOf, ItemKind.MaxOf])
         from arguments in s_arguments
         select (name, arguments.Items)).Make(static Expr (c, p) => NodeBuilder.Call(c, p.name, p.Items));

    private static readonly Parser<Grouping> s_grouping =
        from word in AnyOf([ItemKind.By, ItemKind.Without])
        from labels in ModifierGrammar.Labels
        select new Grouping(word.Kind == ItemKind.Without, labels);

    private static readonly Parser<Grouping?> s_maybeGrouping =
        Choose(static place => place.Kind is ItemKind.By or ItemKind.Without ? s_grouping : s_noGrouping);

    private static readonly Parser<Grouping?> s_noGrouping = Parse.Return<Grouping?>(null);

    private static readonly Parser<Expr> s_aggregate =
        (from op in Aggregator
         from before in s_maybeGrouping
         from arguments in s_arguments
         from after in before is null ? s_maybeGrouping : s_noGrouping
         select (op, grouping: before ?? after, arguments)).Make(static Expr (c, p) => NodeBuilder.Aggregate(
            c, p.op, p.grouping, p.arguments.Items, p.grouping is null ? p.arguments.Close.End : c.LastClosing));

    private static readonly Parser<Expr> s_signed =
        from sign in AnyOf([ItemKind.Add, ItemKind.Subtract])
        from operand in Chain(PowerLevel)
        select NodeBuilder.Unary(sign, operand);

    private static readonly Parser<Expr> s_primary = Choose(static place => Primary(place));

    private static readonly Parser<Expr> s_expression = Chain(1);

    private static readonly Parser<Expr> s_query =
        from expression in s_expression
        from end in Token(ItemKind.Eof)
        select expression;

    /// <summary>An expression and nothing after it.</summary>
    public static Parser<Expr> Query => s_query;

    private static Parser<Expr> Expression => static input => s_expression(input);

    private static Parser<Item> Aggregator => static input =>
        ((TokenInput)input).Kind is > ItemKind.AggregatorsStart and < ItemKind.AggregatorsEnd
            ? Result.Success(((TokenInput)input).Item, ((TokenInput)input).Next())
            : Failure<Item>(input);

    private static Parser<Expr> Chain(int minimum) => Chain<Expr, BinaryModifiers>(
        Operand, Level, ModifierGrammar.Binary, static (c, left, op, modifiers, right) => NodeBuilder.Binary(c, op, left, right, modifiers), minimum);

    private static Parser<Expr>? Primary(TokenInput place)
    {
        ItemKind next = place.AtEnd ? ItemKind.End : place.Next().Kind;
        return place.Kind switch
        {
            ItemKind.Number or ItemKind.Duration => s_number,
            ItemKind.String => s_string,
            ItemKind.LeftParen => s_paren,
            ItemKind.LeftBrace => SelectorGrammar.Any,
            ItemKind.Add or ItemKind.Subtract => s_signed,
            > ItemKind.AggregatorsStart and < ItemKind.AggregatorsEnd when next is ItemKind.LeftParen or ItemKind.By or ItemKind.Without => s_aggregate,
            ItemKind.Identifier or ItemKind.Start or ItemKind.Finish or ItemKind.Step or ItemKind.Range or ItemKind.MinOf or ItemKind.MaxOf
                when next == ItemKind.LeftParen => s_call,
            _ => SelectorGrammar.Named,
        };
    }

    /// <summary>A primary and what follows it: ranges, offsets, <c>@</c>, <c>anchored</c>, <c>smoothed</c>, in any number.</summary>
    private static IResult<Expr> Operand(IInput input)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        IResult<Expr> operand = s_primary(input);
        bool isSigned = ((TokenInput)input).Kind is ItemKind.Add or ItemKind.Subtract; // its operand has taken all that follows
        while (operand.WasSuccessful && !isSigned)
        {
            IResult<Expr>? more = Suffix(operand.Value, (TokenInput)operand.Remainder);
            if (more is null)
            {
                return operand;
            }

            operand = more;
        }

        return operand;
    }

    private static IResult<Expr>? Suffix(Expr operand, TokenInput place) => place.Kind switch
    {
        ItemKind.LeftBracket => Range(operand, place),
        ItemKind.Offset => Offset(operand, place.Next()),
        ItemKind.At => At(operand, place.Next()),
        ItemKind.Anchored or ItemKind.Smoothed => Made(
            place.Next(), static (c, p) => ModifierBuilder.Extended(c, p.operand, p.anchored), (operand, anchored: place.Kind == ItemKind.Anchored)),
        _ => null,
    };

    private static IResult<Expr> Range(Expr operand, TokenInput open)
    {
        IResult<Expr> range = DurationGrammar.Positive(open.Next());
        if (!range.WasSuccessful)
        {
            return range;
        }

        var place = (TokenInput)range.Remainder;
        if (place.Kind == ItemKind.RightBracket)
        {
            return Made(place.Next(), static Expr (c, p) => NodeBuilder.Matrix(c, p.operand, p.open, p.range, p.close), (operand, open: open.Item, range: range.Value, close: place.Item));
        }

        if (place.Kind != ItemKind.Colon)
        {
            return Failure<Expr>(open);
        }

        place = place.Next();
        Expr? step = null;
        if (place.Kind != ItemKind.RightBracket)
        {
            IResult<Expr> given = DurationGrammar.Positive(place);
            if (!given.WasSuccessful)
            {
                return given;
            }

            (step, place) = (given.Value, (TokenInput)given.Remainder);
        }

        return place.Kind == ItemKind.RightBracket
            ? Result.Success<Expr>(NodeBuilder.Subquery(operand, range.Value, step, place.Item), place.Next())
            : Failure<Expr>(open);
    }

    private static IResult<Expr> Offset(Expr operand, TokenInput place)
    {
        IResult<Expr> duration = DurationGrammar.Offset(place);
        if (!duration.WasSuccessful)
        {
            return duration;
        }

        var after = (TokenInput)duration.Remainder;

        // Where arithmetic could go on, Prometheus looks at the next token first, and takes its end for that of the selector when it closes something.
        bool looksAhead = place.Kind == ItemKind.LeftParen || (place.Kind is ItemKind.Add or ItemKind.Subtract && place.Next().Kind is ItemKind.Add or ItemKind.Subtract);
        after.Context.LastClosing = looksAhead && !after.AtEnd ? after.Next().LastClosing : after.LastClosing;
        return Result.Success(ModifierBuilder.Offset(after.Context, operand, duration.Value), after);
    }

    private static IResult<Expr> At(Expr operand, TokenInput place)
    {
        if (place.Kind is not (ItemKind.Start or ItemKind.Finish))
        {
            IResult<double> seconds = ModifierGrammar.SignedNumber(place);
            return seconds.WasSuccessful
                ? Made(seconds.Remainder, static (c, p) => ModifierBuilder.At(c, p.operand, p.seconds), (operand, seconds: seconds.Value))
                : Failure<Expr>(place);
        }

        TokenInput open = place.Next();
        TokenInput? close = open.Kind == ItemKind.LeftParen ? open.Next() : null;
        var at = new AtModifier(place.Kind == ItemKind.Start ? AtKind.Start : AtKind.End);
        return close is { Kind: ItemKind.RightParen }
            ? Made(close.Next(), static (c, p) => ModifierBuilder.At(c, p.operand, p.at), (operand, at))
            : Failure<Expr>(place);
    }

    private static int Level(ItemKind kind) => kind switch
    {
        ItemKind.Or => 1,
        ItemKind.And or ItemKind.Unless => 2,
        ItemKind.Equal or ItemKind.NotEqual or ItemKind.Less or ItemKind.LessOrEqual or ItemKind.Greater or ItemKind.GreaterOrEqual or
            ItemKind.TrimUpper or ItemKind.TrimLower => 3,
        ItemKind.Add or ItemKind.Subtract => 4,
        ItemKind.Multiply or ItemKind.Divide or ItemKind.Modulo or ItemKind.Atan2 => 5,
        ItemKind.Power => PowerLevel,
        _ => 0,
    };
}
