using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.PromQL.Parser.Lalr;

/// <summary>Collects rules written as text: names of <see cref="ItemKind"/> are tokens, all other words names of rules.</summary>
internal sealed class GrammarBuilder
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<Rule> _rules = [];
    private readonly Precedence[] _precedences = new Precedence[Symbols.FirstRule];
    private int _levels;

    public IReadOnlyList<Rule> Rules => _rules;

    public IReadOnlyList<Precedence> Precedences => _precedences;

    /// <summary>Declares tokens of the next higher precedence.</summary>
    public void Level(Associativity associativity, params ItemKind[] tokens)
    {
        _levels++;
        foreach (ItemKind token in tokens)
        {
            _precedences[(int)token] = new(_levels, associativity);
        }
    }

    /// <summary>Adds alternatives of one token each.</summary>
    public void Tokens(string left, params ItemKind[] tokens)
    {
        foreach (ItemKind token in tokens)
        {
            Add(left, token.ToString(), null);
        }
    }

    /// <summary>Adds a rule.</summary>
    public void Add(string left, string right, Reduction? reduction, ItemKind? precedenceOf = null)
    {
        int[] symbols = [.. right.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)];
        int level = precedenceOf is { } token
            ? _precedences[(int)token].Level
            : symbols.Where(static s => s < Symbols.FirstRule).Select(s => _precedences[s].Level).LastOrDefault();
        _rules.Add(new Rule(Number(left), symbols, level, reduction));
    }

    private int Number(string name)
    {
        if (Enum.TryParse(name, out ItemKind token))
        {
            return (int)token;
        }

        if (!_numbers.TryGetValue(name, out int number))
        {
            number = Symbols.FirstRule + _numbers.Count;
            _numbers.Add(name, number);
        }

        return number;
    }
}
