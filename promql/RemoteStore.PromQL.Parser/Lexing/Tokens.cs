using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>The tokens of a query, with the last of them an end or an error, or the bound that the query breaks.</summary>
internal sealed class Tokens
{
    private Tokens(List<Item> items, int errorStart)
    {
        Items = items;
        ErrorStart = errorStart;
    }

    public List<Item> Items { get; }

    /// <summary>Where the error that ends <see cref="Items"/> stands.</summary>
    public int ErrorStart { get; }

    /// <summary>The bound that is broken, and where; null for a query within the bounds.</summary>
    public (PositionRange Position, string Message)? Refusal { get; private init; }

    /// <summary>What a query beyond the bound of its length is told.</summary>
    public static string TooLong(ParserOptions options) => $"query is longer than the limit of {options.MaxLengthBytes} bytes";

    /// <summary>Cuts a query. Stops at the first token that breaks a bound, so that its cost is bounded too.</summary>
    public static Tokens Cut(ReadOnlyMemory<byte> source, bool seriesDescription, ParserOptions options)
    {
        if (source.Length > options.MaxLengthBytes)
        {
            return new Tokens([], 0) { Refusal = (default, TooLong(options)) };
        }

        Lexer lexer = seriesDescription ? new SeriesLexer(source) : new Lexer(source);
        var items = new List<Item>(Math.Min(64, source.Length + 2));
        var bounds = new TreeBounds(options);
        Item item;
        do
        {
            item = lexer.Next();
            if (bounds.Add(item) is { } refusal)
            {
                return new Tokens([], 0) { Refusal = (item.Position, refusal) };
            }

            items.Add(item);
        }
        while (item.Kind is not (ItemKind.Eof or ItemKind.Error));
        return new Tokens(items, lexer.ErrorStart);
    }
}
