using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lexing;
using Sprache;

namespace RemoteStore.PromQL.Parser.Grammar;

/// <summary>A place among the tokens, as Sprache reads them: one character for each, its kind.</summary>
internal sealed class TokenInput : IInput
{
    private readonly TokenInput[] _all;
    private readonly Item? _item;

    private TokenInput(TokenInput[] all, string source, int position, Item? item, int lastClosing, ParseContext context)
    {
        (_all, Source, Position, _item, LastClosing, Context) = (all, source, position, item, lastClosing, context);
    }

    /// <summary>The parse the tokens belong to.</summary>
    public ParseContext Context { get; }

    /// <summary>End of the last closing token before this place.</summary>
    public int LastClosing { get; }

    /// <summary>The token here; there is none at the end.</summary>
    public Item Item => _item ?? throw new InvalidOperationException("there is no token at the end of the input");

    /// <summary>Its kind.</summary>
    public ItemKind Kind => _item?.Kind ?? ItemKind.End;

    public string Source { get; }

    public int Position { get; }

    public char Current => Source[Position];

    public bool AtEnd => _item is null;

    public int Line => 1;

    public int Column => Position + 1;

    public IDictionary<object, object> Memos { get; } = s_noMemos;

    // No parser here remembers anything.
    private static readonly Dictionary<object, object> s_noMemos = [];

    /// <summary>The places of all tokens, the first of them.</summary>
    public static TokenInput Over(List<Item> items, ParseContext context)
    {
        string source = string.Create(items.Count, items, static (kinds, all) =>
        {
            for (int i = 0; i < kinds.Length; i++)
            {
                kinds[i] = (char)all[i].Kind;
            }
        });
        var places = new TokenInput[items.Count + 1];
        int lastClosing = 0;
        for (int i = 0; i < places.Length; i++)
        {
            Item? item = i < items.Count ? items[i] : null;
            places[i] = new TokenInput(places, source, i, item, lastClosing, context);
            lastClosing = item is { IsClosing: true } ? item.End : lastClosing;
        }

        return places[0];
    }

    /// <summary>The next place.</summary>
    public TokenInput Next() => _all[Position + 1];

    public IInput Advance() => Next();

    public bool Equals(IInput? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Position;
}
