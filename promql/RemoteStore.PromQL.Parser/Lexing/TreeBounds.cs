namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>
/// Follows the tokens and bounds the tree they can make: how deep the grammar recurses (parentheses, signs, powers) and how high the tree gets (chains of
/// operators). Both are overestimated rather than underestimated.
/// </summary>
internal sealed class TreeBounds(ParserOptions options)
{
    private readonly Stack<(int Height, int Recursion)> _outer = new();
    private (int Height, int Recursion) _level;
    private int _outerHeight;
    private int _outerRecursion;
    private ItemKind _previous = ItemKind.LeftParen;

    /// <summary>Takes the next token.</summary>
    /// <returns>The bound it breaks, or null.</returns>
    public string? Add(Item item)
    {
        ItemKind kind = item.Kind;
        switch (kind)
        {
            case ItemKind.LeftParen or ItemKind.LeftBracket:
                Open();
                break;
            case ItemKind.RightParen or ItemKind.RightBracket:
                Close(kind);
                break;
            case ItemKind.Comma:
                _level = default; // arguments are beside one another
                break;
            case ItemKind.Power:
                _level.Recursion++;
                _level.Height++;
                break;
            case ItemKind.Add or ItemKind.Subtract when AwaitsOperand(_previous):
                _level.Recursion++;
                _level.Height++;
                break;
            default:
                if (item.IsOperator && kind != ItemKind.At)
                {
                    _level.Recursion = 0;
                    _level.Height++;
                }

                break;
        }

        _previous = kind;
        return _outer.Count + _outerRecursion + _level.Recursion > options.MaxNesting
                ? $"expression is nested deeper than the limit of {options.MaxNesting}"
            : _outerHeight + _level.Height > options.MaxHeight ? $"expression has a chain longer than the limit of {options.MaxHeight}"
            : null;
    }

    private static bool AwaitsOperand(ItemKind kind) => kind is ItemKind.LeftParen or ItemKind.LeftBracket or ItemKind.Comma or ItemKind.Colon or ItemKind.Offset or
        ItemKind.Bool or (> ItemKind.OperatorsStart and < ItemKind.OperatorsEnd);

    private void Open()
    {
        _level.Height++;
        _outer.Push(_level);
        _outerHeight += _level.Height;
        _outerRecursion += _level.Recursion;
        _level = default;
    }

    private void Close(ItemKind kind)
    {
        if (_outer.TryPop(out _level))
        {
            _outerHeight -= _level.Height;
            _outerRecursion -= _level.Recursion;
            _level.Height -= kind == ItemKind.RightParen ? 1 : 0; // what follows stands beside the parentheses, but above a range
        }

    }
}
