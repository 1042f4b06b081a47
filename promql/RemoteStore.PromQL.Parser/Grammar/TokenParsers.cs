using System.Runtime.CompilerServices;
using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lexing;
using Sprache;

namespace RemoteStore.PromQL.Parser.Grammar;

/// <summary>
/// Combinators over tokens. The next token decides what is tried, so that nothing is parsed twice; what is expected is not collected, for faults are explained
/// elsewhere.
/// </summary>
internal static class TokenParsers
{
    /// <summary>A token of one kind.</summary>
    public static Parser<Item> Token(ItemKind kind) => input =>
    {
        var place = (TokenInput)input;
        return place.Kind == kind ? Result.Success(place.Item, place.Next()) : Failure<Item>(input);
    };

    /// <summary>A token of one of several kinds.</summary>
    public static Parser<Item> AnyOf(IEnumerable<ItemKind> kinds)
    {
        bool[] wanted = new bool[(int)Enum.GetValues<ItemKind>().Max() + 1];
        foreach (ItemKind kind in kinds)
        {
            wanted[(int)kind] = true;
        }

        return input =>
        {
            var place = (TokenInput)input;
            return wanted[(int)place.Kind] ? Result.Success(place.Item, place.Next()) : Failure<Item>(input);
        };
    }

    /// <summary>Turns what was parsed into a node, which may find faults in it.</summary>
    public static Parser<TNode> Make<T, TNode>(this Parser<T> parser, Func<ParseContext, T, TNode> make) => input =>
    {
        IResult<T> result = parser(input);
        return result.WasSuccessful ? Made(result.Remainder, make, result.Value) : Failure<TNode>(input);
    };

    /// <summary>A node made of something parsed up to a place.</summary>
    public static IResult<TNode> Made<T, TNode>(IInput after, Func<ParseContext, T, TNode> make, T value)
    {
        var place = (TokenInput)after;
        place.Context.LastClosing = place.LastClosing;
        return Result.Success(make(place.Context, value), after);
    }

    /// <summary>What the next token asks for; null where it can begin nothing.</summary>
    public static Parser<T> Choose<T>(Func<TokenInput, Parser<T>?> choice) => input =>
        choice((TokenInput)input) is { } parser ? parser(input) : Failure<T>(input);

    /// <summary>Items with commas between them, none of them or one after the last, up to a closing token.</summary>
    public static Parser<(List<T> Items, Item Close)> List<T>(Parser<T> item, ItemKind close, bool trailingComma) => input =>
    {
        var items = new List<T>();
        var place = (TokenInput)input;
        while (place.Kind != close)
        {
            IResult<T> result = item(place);
            if (!result.WasSuccessful)
            {
                return Failure<(List<T>, Item)>(input);
            }

            items.Add(result.Value);
            place = (TokenInput)result.Remainder;
            if (place.Kind == ItemKind.Comma)
            {
                place = place.Next();
                if (place.Kind == close && !trailingComma)
                {
                    return Failure<(List<T>, Item)>(input);
                }
            }
            else if (place.Kind != close)
            {
                return Failure<(List<T>, Item)>(input);
            }
        }

        return Result.Success((items, place.Item), place.Next());
    };

    /// <summary>Operands with binary operators between them, by climbing precedence; a loop, so that a long chain needs no stack.</summary>
    /// <param name="operand">One operand.</param>
    /// <param name="levelOf">Level of an operator; 0 for what is none.</param>
    /// <param name="modifiers">What may follow an operator.</param>
    /// <param name="combine">Makes a node of left side, operator, modifiers and right side.</param>
    /// <param name="minimum">Lowest level that belongs here.</param>
    public static Parser<T> Chain<T, TModifiers>(
        Parser<T> operand, Func<ItemKind, int> levelOf, Parser<TModifiers> modifiers, Func<ParseContext, T, Item, TModifiers, T, T> combine, int minimum)
    {
        return input => Climb(input, minimum);

        IResult<T> Climb(IInput input, int lowest)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            IResult<T> left = operand(input);
            while (left.WasSuccessful)
            {
                var place = (TokenInput)left.Remainder;
                int level = levelOf(place.Kind);
                if (level == 0 || level < lowest)
                {
                    return left;
                }

                IResult<TModifiers> between = modifiers(place.Next());
                IResult<T> right = between.WasSuccessful
                    ? Climb(between.Remainder, place.Kind == ItemKind.Power ? level : level + 1)
                    : Failure<T>(input);
                left = right.WasSuccessful
                    ? Result.Success(combine(place.Context, left.Value, place.Item, between.Value, right.Value), right.Remainder)
                    : right;
            }

            return left;
        }
    }

    /// <summary>No match at a place.</summary>
    public static IResult<T> Failure<T>(IInput input) => Result.Failure<T>(input, "", []);
}
