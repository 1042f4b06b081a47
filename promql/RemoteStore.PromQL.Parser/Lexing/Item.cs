using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>A token.</summary>
/// <param name="kind">What it is.</param>
/// <param name="start">Its first byte in the query.</param>
/// <param name="length">Its length in bytes.</param>
/// <param name="text">Its text as written; the message of <see cref="ItemKind.Error"/>.</param>
internal sealed class Item(ItemKind kind, int start, int length, string text)
{
    // The number Prometheus' parser generator gives its first token.
    private const int FirstNumber = 57346;

    public ItemKind Kind { get; } = kind;

    public int Start { get; } = start;

    public int End => Start + length;

    public string Text { get; } = text;

    public PositionRange Position => new(Start, End);

    public bool IsAggregator => Kind is > ItemKind.AggregatorsStart and < ItemKind.AggregatorsEnd;

    public bool IsOperator => Kind is > ItemKind.OperatorsStart and < ItemKind.OperatorsEnd;

    /// <summary>True for what ends a piece of syntax; Prometheus derives the ends of nodes from it.</summary>
    public bool IsClosing => Kind is ItemKind.RightBrace or ItemKind.RightParen or ItemKind.RightBracket or ItemKind.Duration or ItemKind.Number;

    /// <summary>The token in a message: <c>identifier "x"</c>, <c>&lt;op:+&gt;</c>.</summary>
    public string Describe()
    {
        string text = Spelling();
        string? name = Kind switch
        {
            ItemKind.Eof or ItemKind.End => "end of input",
            ItemKind.Comment => "comment",
            ItemKind.Identifier => "identifier",
            ItemKind.MetricIdentifier => "metric identifier",
            ItemKind.String => "string",
            ItemKind.Number => "number",
            ItemKind.Duration => "duration",
            > ItemKind.HistogramStart and < ItemKind.HistogramEnd or > ItemKind.HintsStart and < ItemKind.HintsEnd =>
                $"\"<Item {FirstNumber + (int)Kind - (int)ItemKind.Assign}>\"",
            _ => null,
        };
        return name is null ? text : Kind is ItemKind.Eof or ItemKind.End ? name : $"{name} {text}";
    }

    private string Spelling() => Kind switch
    {
        ItemKind.Identifier or ItemKind.MetricIdentifier => GoText.Quote(Text),
        > ItemKind.KeywordsStart and < ItemKind.KeywordsEnd => $"<{Text}>",
        > ItemKind.OperatorsStart and < ItemKind.OperatorsEnd => $"<op:{Text}>",
        > ItemKind.AggregatorsStart and < ItemKind.AggregatorsEnd => $"<aggr:{Text}>",
        _ when GoText.RuneCount(Text) > 10 || length > 10 => GoText.Quote(GoText.FirstRunes(Text, 10)) + "...",
        _ => GoText.Quote(Text),
    };
}
