using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.PromQL.Parser.Lalr;

/// <summary>
/// Builds the automaton of a grammar: LR(0) states, then look-ahead sets by the relations of DeRemer and Pennello (1982), then conflicts, resolved as yacc does,
/// and default reductions, chosen as yacc does. Which reductions happen before an error is noticed, and so what is reported, depends on those two choices.
/// </summary>
internal sealed class LalrBuilder
{
    private readonly List<Rule> _rules;
    private readonly ILookup<int, int> _rulesOf;
    private readonly IReadOnlyList<Precedence> _precedences;
    private readonly HashSet<int> _nullable = [];
    private readonly List<LrItem[]> _kernels = [];
    private readonly List<LrItem[]> _closures = [];
    private readonly List<Dictionary<int, int>> _moves = [];

    private LalrBuilder(GrammarBuilder grammar)
    {
        int start = grammar.Rules[0].Left;
        _rules = [.. grammar.Rules, new Rule(-1, [start, Symbols.Of(ItemKind.End)], 0, null)];
        _precedences = grammar.Precedences;
        _rulesOf = Enumerable.Range(0, _rules.Count).ToLookup(i => _rules[i].Left);
    }

    /// <summary>Builds the automaton; the first rule's name is what the whole input must make.</summary>
    public static LalrTable Build(GrammarBuilder grammar)
    {
        var builder = new LalrBuilder(grammar);
        builder.FindNullable();
        builder.FindStates();
        return builder.FillTable(new LookAheads(builder._rules, builder._nullable, builder._closures, builder._moves));
    }

    private void FindNullable()
    {
        bool grew = true;
        while (grew)
        {
            grew = false;
            foreach (Rule rule in _rules)
            {
                grew |= rule.Right.All(_nullable.Contains) && _nullable.Add(rule.Left);
            }
        }
    }

    private void FindStates()
    {
        var known = new Dictionary<string, int>();
        _ = StateOf([new LrItem(_rules.Count - 1, 0)], known);
        for (int state = 0; state < _kernels.Count; state++)
        {
            LrItem[] closure = Closure(_kernels[state]);
            _closures.Add(closure);
            var moves = new Dictionary<int, int>();
            foreach (IGrouping<int, LrItem> group in closure.Where(i => i.Dot < _rules[i.Rule].Right.Length).GroupBy(i => _rules[i.Rule].Right[i.Dot]))
            {
                moves.Add(group.Key, StateOf([.. group.Select(static i => i with { Dot = i.Dot + 1 }).Distinct()], known));
            }

            _moves.Add(moves);
        }
    }

    private int StateOf(LrItem[] kernel, Dictionary<string, int> known)
    {
        string key = string.Join(' ', kernel.OrderBy(static i => i.Rule).ThenBy(static i => i.Dot).Select(static i => (i.Rule * 16) + i.Dot));
        if (!known.TryGetValue(key, out int state))
        {
            state = _kernels.Count;
            _kernels.Add(kernel);
            known.Add(key, state);
        }

        return state;
    }

    private LrItem[] Closure(LrItem[] kernel)
    {
        List<LrItem> items = [.. kernel];
        var expanded = new HashSet<int>();
        for (int i = 0; i < items.Count; i++)
        {
            Rule rule = _rules[items[i].Rule];
            if (items[i].Dot < rule.Right.Length && rule.Right[items[i].Dot] is >= Symbols.FirstRule and int name && expanded.Add(name))
            {
                items.AddRange(_rulesOf[name].Select(static r => new LrItem(r, 0)));
            }
        }

        return [.. items];
    }

    private LalrTable FillTable(LookAheads lookAheads)
    {
        int count = _kernels.Count;
        var actions = new Dictionary<int, int>[count];
        int[] defaults = new int[count];
        bool[] needsToken = new bool[count];
        for (int state = 0; state < count; state++)
        {
            Dictionary<int, int> row = Row(state, lookAheads);
            defaults[state] = TakeDefault(row);
            actions[state] = row;
            needsToken[state] = row.Count > 0;
        }

        return new LalrTable(
            _rules, actions, defaults, needsToken, [.. _moves.Select(static m => m.Where(static p => p.Key >= Symbols.FirstRule).ToDictionary())]);
    }

    private Dictionary<int, int> Row(int state, LookAheads lookAheads)
    {
        var row = new Dictionary<int, int>();
        foreach ((int symbol, int target) in _moves[state])
        {
            if (symbol < Symbols.FirstRule)
            {
                bool accepts = symbol == Symbols.Of(ItemKind.End) && _kernels[target][0].Rule == _rules.Count - 1;
                row[symbol] = accepts ? LalrTable.Accept : target + 1;
            }
        }

        foreach (LrItem item in _closures[state].Where(i => i.Dot == _rules[i.Rule].Right.Length).OrderBy(static i => i.Rule))
        {
            foreach (int token in lookAheads.Of(state, item.Rule))
            {
                if (!row.TryGetValue(token, out int taken))
                {
                    row[token] = -item.Rule - 1;
                }
                else if (taken > 0 && PrefersReduction(_rules[item.Rule].Level, _precedences[token]) is { } reduce)
                {
                    row[token] = reduce ? -item.Rule - 1 : taken;
                }
            }
        }

        return row;
    }

    // Null when there is nothing to decide by: then the shift stays. Between reductions the earlier rule stays.
    private static bool? PrefersReduction(int ruleLevel, Precedence token) => ruleLevel == 0 || token.Level == 0 ? null
        : token.Level == ruleLevel ? token.Associativity == Associativity.Left
        : token.Level < ruleLevel;

    /// <summary>The most frequent reduction becomes what happens with any other token, but not where recovery is possible.</summary>
    private static int TakeDefault(Dictionary<int, int> row)
    {
        if (row.TryGetValue(Symbols.Of(ItemKind.Recovery), out int recovery) && recovery > 0)
        {
            return 0;
        }

        int best = row.Where(static a => a.Value < 0).GroupBy(static a => a.Value)
            .Select(static g => (Action: g.Key, Count: g.Count(), First: g.Min(static a => a.Key)))
            .OrderByDescending(static g => g.Count).ThenBy(static g => g.First).FirstOrDefault().Action;
        foreach (int token in row.Where(a => a.Value == best).Select(static a => a.Key).ToList())
        {
            _ = row.Remove(token);
        }

        return best;
    }
}

/// <summary>A rule and how far it is recognised.</summary>
internal readonly record struct LrItem(int Rule, int Dot);
