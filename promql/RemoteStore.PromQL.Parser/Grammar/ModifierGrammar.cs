using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;
using Sprache;
using static RemoteStore.PromQL.Parser.Grammar.TokenParsers;

namespace RemoteStore.PromQL.Parser.Grammar;

/// <summary>What stands between an operator and its right side, and the lists of labels there and in aggregations.</summary>
internal static class ModifierGrammar
{
    private static readonly Parser<string> s_label = AnyOf([.. WordKinds.Labels, ItemKind.String]).Make(NodeBuilder.GroupingLabel);

    /// <summary>Labels in parentheses.</summary>
    public static Parser<List<string>> Labels { get; } =
        from open in Token(ItemKind.LeftParen)
        from list in List(s_label, ItemKind.RightParen, trailingComma: true)
        select list.Items;

    private static readonly Parser<List<string>> s_maybeLabels =
        Choose(static place => place.Kind == ItemKind.LeftParen ? Labels : s_noLabels);

    private static readonly Parser<List<string>> s_noLabels = Parse.Return<List<string>>([]);

    private static readonly Parser<double> s_fillValue =
        from open in Token(ItemKind.LeftParen)
        from value in SignedNumber
        from close in Token(ItemKind.RightParen)
        select value;

    /// <summary>A number or duration, with a sign perhaps.</summary>
    public static Parser<double> SignedNumber => static input => s_signedNumber(input);

    private static readonly Parser<double> s_signedNumber =
        from sign in Parse.Optional(AnyOf([ItemKind.Add, ItemKind.Subtract]))
        from value in AnyOf([ItemKind.Number, ItemKind.Duration]).Make(Literals.Seconds)
        select sign.IsDefined && sign.Get().Kind == ItemKind.Subtract ? -value : value;

    /// <summary>All modifiers of a binary operator, none of them required.</summary>
    public static Parser<BinaryModifiers> Binary { get; } = static input =>
    {
        var place = (TokenInput)input;
        BinaryModifiers modifiers = BinaryModifiers.None;
        if (place.Kind == ItemKind.Bool)
        {
            (modifiers, place) = (BinaryModifiers.Bool, place.Next());
        }

        if (place.Kind is ItemKind.On or ItemKind.Ignoring && !TryMatching(ref place, ref modifiers))
        {
            return Failure<BinaryModifiers>(input);
        }

        return place.Kind is not (ItemKind.Fill or ItemKind.FillLeft or ItemKind.FillRight) || TryFill(ref place, ref modifiers)
            ? Result.Success(modifiers, place)
            : Failure<BinaryModifiers>(input);
    };

    private static bool TryMatching(ref TokenInput place, ref BinaryModifiers modifiers)
    {
        bool on = place.Kind == ItemKind.On;
        if (!TryRead(Labels, place.Next(), out place, out List<string>? labels))
        {
            return false;
        }

        VectorMatching matching = modifiers.Matching with { On = on, Labels = labels! };
        if (place.Kind is ItemKind.GroupLeft or ItemKind.GroupRight)
        {
            MatchCardinality cardinality = place.Kind == ItemKind.GroupLeft ? MatchCardinality.ManyToOne : MatchCardinality.OneToMany;
            if (!TryRead(s_maybeLabels, place.Next(), out place, out List<string>? include))
            {
                return false;
            }

            matching = matching with { Cardinality = cardinality, Include = include! };
        }

        modifiers = modifiers with { Matching = matching };
        return true;
    }

    private static bool TryFill(ref TokenInput place, ref BinaryModifiers modifiers)
    {
        ItemKind first = place.Kind;
        if (!TryRead(s_fillValue, place.Next(), out place, out double value))
        {
            return false;
        }

        VectorMatching matching = SetFill(modifiers.Matching, first, value);
        if (first != ItemKind.Fill && place.Kind is ItemKind.FillLeft or ItemKind.FillRight && place.Kind != first)
        {
            ItemKind second = place.Kind;
            if (!TryRead(s_fillValue, place.Next(), out place, out value))
            {
                return false;
            }

            matching = SetFill(matching, second, value);
        }

        modifiers = modifiers with { Matching = matching };
        return true;
    }

    private static VectorMatching SetFill(VectorMatching matching, ItemKind side, double value) => matching with
    {
        FillLeft = side == ItemKind.FillRight ? matching.FillLeft : value,
        FillRight = side == ItemKind.FillLeft ? matching.FillRight : value,
    };

    private static bool TryRead<T>(Parser<T> parser, TokenInput from, out TokenInput after, out T? value)
    {
        IResult<T> result = parser(from);
        (after, value) = result.WasSuccessful ? ((TokenInput)result.Remainder, result.Value) : (from, default);
        return result.WasSuccessful;
    }
}
