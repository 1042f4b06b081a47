using System.Collections;

namespace RemoteStore.PromQL.Parser.Lalr;

/// <summary>For each completed rule of each state the tokens that may follow it there.</summary>
internal sealed class LookAheads
{
    private readonly List<Rule> _rules;
    private readonly HashSet<int> _nullable;
    private readonly List<Dictionary<int, int>> _moves;
    private readonly Dictionary<(int State, int Name), BitArray> _follows = [];
    private readonly Dictionary<(int State, int Rule), List<(int State, int Name)>> _origins = [];

    public LookAheads(List<Rule> rules, HashSet<int> nullable, List<LrItem[]> closures, List<Dictionary<int, int>> moves)
    {
        (_rules, _nullable, _moves) = (rules, nullable, moves);
        List<((int State, int Name) To, (int State, int Name) From)> flows = Relate(closures);
        bool grew = true;
        while (grew)
        {
            grew = false;
            foreach (((int State, int Name) to, (int State, int Name) from) in flows)
            {
                BitArray before = _follows[to];
                int had = Count(before);
                _ = before.Or(_follows[from]);
                grew |= Count(before) != had;
            }
        }
    }

    /// <summary>The tokens that may follow a rule completed in a state, in their order.</summary>
    public IEnumerable<int> Of(int state, int rule)
    {
        var tokens = new BitArray(Symbols.FirstRule);
        foreach ((int, int) origin in _origins.GetValueOrDefault((state, rule), []))
        {
            _ = tokens.Or(_follows[origin]);
        }

        return Enumerable.Range(0, Symbols.FirstRule).Where(t => tokens[t]);
    }

    private static int Count(BitArray bits)
    {
        int count = 0;
        foreach (bool bit in bits)
        {
            count += bit ? 1 : 0;
        }

        return count;
    }

    private List<((int State, int Name) To, (int State, int Name) From)> Relate(List<LrItem[]> closures)
    {
        var flows = new List<((int, int), (int, int))>();
        for (int state = 0; state < _moves.Count; state++)
        {
            foreach ((int name, int after) in _moves[state].Where(static m => m.Key >= Symbols.FirstRule))
            {
                var direct = new BitArray(Symbols.FirstRule);
                foreach (int symbol in _moves[after].Keys)
                {
                    if (symbol < Symbols.FirstRule)
                    {
                        direct[symbol] = true;
                    }
                    else if (_nullable.Contains(symbol))
                    {
                        flows.Add(((state, name), (after, symbol))); // reads
                    }
                }

                _follows[(state, name)] = direct;
            }
        }

        for (int state = 0; state < closures.Count; state++)
        {
            foreach (LrItem item in closures[state].Where(static i => i.Dot == 0))
            {
                Walk(state, item.Rule, flows);
            }
        }

        return flows;
    }

    private void Walk(int state, int number, List<((int, int), (int, int))> flows)
    {
        Rule rule = _rules[number];
        int at = state;
        for (int i = 0; i < rule.Right.Length; i++)
        {
            int symbol = rule.Right[i];
            if (symbol >= Symbols.FirstRule && rule.Left >= 0 && rule.Right.AsSpan(i + 1).ToArray().All(_nullable.Contains))
            {
                flows.Add(((at, symbol), (state, rule.Left))); // includes
            }

            if (!_moves[at].TryGetValue(symbol, out at))
            {
                return;
            }
        }

        if (rule.Left >= 0)
        {
            if (!_origins.TryGetValue((at, number), out List<(int, int)>? origins))
            {
                _origins[(at, number)] = origins = [];
            }

            origins.Add((state, rule.Left)); // lookback
        }
    }
}
