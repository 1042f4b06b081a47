using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.PromQL.Parser.Lalr;

/// <summary>
/// The automaton of a grammar. Actions are numbers: above 0 a shift to that state minus 1, below 0 a reduction of that rule, negated, minus 1;
/// <see cref="Accept"/>, or 0 for an error.
/// </summary>
internal sealed class LalrTable(IReadOnlyList<Rule> rules, IReadOnlyList<Dictionary<int, int>> actions, int[] defaults, bool[] needsToken, IReadOnlyList<Dictionary<int, int>> gotos)
{
    /// <summary>The action that ends a parse.</summary>
    public const int Accept = int.MaxValue;

    public Rule Rule(int action) => rules[-action - 1];

    /// <summary>True when the state's action depends on the next token, which is not read before that.</summary>
    public bool NeedsToken(int state) => needsToken[state];

    public int Action(int state, ItemKind token) => actions[state].TryGetValue((int)token, out int action) ? action : defaults[state];

    public int Default(int state) => defaults[state];

    /// <summary>The state after the recovery token, or -1 when it is not expected here.</summary>
    public int Recovery(int state) =>
        actions[state].TryGetValue((int)ItemKind.Recovery, out int action) && action is > 0 and not Accept ? action - 1 : -1;

    public int Goto(int state, int left) => gotos[state][left];
}
