using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.PromQL.Parser.Lalr;

/// <summary>What a rule makes of the values of its symbols.</summary>
internal delegate object? Reduction(ParseContext context, ReadOnlySpan<object?> values);

/// <summary>A rule of a grammar. Symbols below <see cref="Symbols.FirstRule"/> are tokens, the others names of rules.</summary>
/// <param name="Left">What it makes.</param>
/// <param name="Right">Of what.</param>
/// <param name="Level">Precedence level, that of its last token unless given; 0: none.</param>
/// <param name="Reduction">Makes the value; null: the value of the first symbol.</param>
internal sealed record Rule(int Left, int[] Right, int Level, Reduction? Reduction);

/// <summary>Numbers of symbols.</summary>
internal static class Symbols
{
    /// <summary>Number of the first symbol that is not a token.</summary>
    public const int FirstRule = 128;

    /// <summary>The symbol of a token.</summary>
    public static int Of(ItemKind kind) => (int)kind;
}

/// <summary>How equal precedence is decided.</summary>
internal enum Associativity
{
    Left,
    Right,
    None,
}

/// <summary>Precedence of a token.</summary>
/// <param name="Level">Higher binds tighter; 0: none.</param>
/// <param name="Associativity">What decides between equals.</param>
internal readonly record struct Precedence(int Level, Associativity Associativity);
