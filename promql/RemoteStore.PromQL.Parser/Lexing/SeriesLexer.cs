namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>Cuts a series description of a test script into tokens: a metric as in a query, then values and histograms.</summary>
internal sealed class SeriesLexer(ReadOnlyMemory<byte> source) : Lexer(source)
{
    private HistogramState _histogram;

    private enum HistogramState
    {
        None,
        Open,
        Times,
        Add,
        Subtract,
    }

    protected override State AfterBraces => State.Values;

    protected override bool IsInSeries => true;

    protected override State AfterWord() => Scanner.Peek() == '{' ? State.Statements : State.Values;

    protected override State Step(State state) => state switch
    {
        State.Statements when _histogram != HistogramState.None => Histogram(),
        State.Values => Values(),
        State.Histogram => Histogram(),
        State.Buckets => Buckets(),
        _ => base.Step(state),
    };

    /// <summary>Values of a series description.</summary>
    private State Values()
    {
        int c = Scanner.Next();
        switch (c)
        {
            case '{' when Scanner.Accept("{"):
                _histogram = HistogramState.Open;
                return Emit(ItemKind.OpenHistogram, State.Histogram);
            case Lexing.Scanner.EndOfInput:
                return State.Statements;
            case '+':
                return Emit(ItemKind.Add, State.Values);
            case '-':
                return Emit(ItemKind.Subtract, State.Values);
            case 'x':
                return Emit(ItemKind.Times, State.Values);
            case '_':
                return Emit(ItemKind.Blank, State.Values);
            case ' ' or '\t' or '\n' or '\r':
                _ = Emit(ItemKind.Space);
                SkipSpaces();
                return State.Values;
            default:
                if (Characters.IsDigit(c) || (c == '.' && Characters.IsDigit(Scanner.Peek())))
                {
                    Scanner.Backup();
                    _ = Number();
                    return State.Values;
                }

                if (!Characters.IsWordStart(c))
                {
                    return Fail($"unexpected character in series sequence: {Quote(c)}");
                }

                Scanner.Backup();
                return State.Word;
        }
    }

    private State Histogram()
    {
        if (_histogram != HistogramState.Open)
        {
            ItemKind kind = _histogram switch
            {
                HistogramState.Times => ItemKind.Times,
                HistogramState.Add => ItemKind.Add,
                _ => ItemKind.Subtract,
            };
            _histogram = HistogramState.None;
            _ = Scanner.Next();
            return Emit(kind, State.Values);
        }

        if (IsBracketOpen)
        {
            return State.Buckets;
        }

        int c = Scanner.Next();
        switch (c)
        {
            case ' ' or '\t' or '\n' or '\r':
                _ = Emit(ItemKind.Space);
                return State.Space;
            case ':':
                return Emit(ItemKind.Colon, State.Histogram);
            case '-':
                return Emit(ItemKind.Subtract, State.Histogram);
            case '+':
                return Emit(ItemKind.Add, State.Histogram);
            case '[':
                IsBracketOpen = true;
                return Emit(ItemKind.LeftBracket, State.Buckets);
            case '}' when Scanner.Accept("}"):
                _histogram = Scanner.Peek() switch
                {
                    'x' => HistogramState.Times,
                    '+' => HistogramState.Add,
                    '-' => HistogramState.Subtract,
                    _ => HistogramState.None,
                };
                return Emit(ItemKind.CloseHistogram, _histogram == HistogramState.None ? State.Values : State.Histogram);
            default:
                Scanner.Backup();
                if (Characters.IsDigit(c) || c == '.')
                {
                    return Number();
                }

                return Characters.IsWordStart(c) ? HistogramWord() : HistogramFault();
        }
    }

    private State HistogramFault()
    {
        _ = Scanner.Next();
        return Fail($"histogram description incomplete unexpected: {GoText.Quote(Scanner.Word)}");
    }

    private State HistogramWord()
    {
        SkipWhile(Characters.IsWordStart);
        string word = Scanner.Word;
        if (Keywords.HistogramKey(word) is { } key)
        {
            return Scanner.Peek() == ':' ? Emit(key, State.Histogram) : Fail("missing `:` for histogram descriptor");
        }

        return Keywords.Of(word) == ItemKind.Number ? Emit(ItemKind.Number, State.Histogram)
            : Keywords.ResetHint(word) is { } hint ? Emit(hint, State.Histogram)
            : Fail($"bad histogram descriptor found: {GoText.Quote(word)}");
    }

    private State Buckets()
    {
        int c = Scanner.Next();
        switch (c)
        {
            case ' ' or '\t' or '\n' or '\r':
                _ = Emit(ItemKind.Space);
                return State.Space;
            case '-':
                return Emit(ItemKind.Subtract, State.Buckets);
            case '+':
                return Emit(ItemKind.Add, State.Buckets);
            case ']':
                IsBracketOpen = false;
                return Emit(ItemKind.RightBracket, State.Histogram);
            default:
                if (!Characters.IsDigit(c) && c != '.' && !Characters.IsWordStart(c))
                {
                    return Fail($"invalid character in buckets description: {Quote(c)}");
                }

                Scanner.Backup();
                return Characters.IsWordStart(c) ? HistogramWord() : Number();
        }
    }

    /// <summary>A number where there are no durations: in values and histograms of series descriptions.</summary>
    private State Number() => NumberScanner.ScanNumber(Scanner, seriesValues: true)
        ? Emit(ItemKind.Number, State.Statements)
        : Fail($"bad number or duration syntax: {GoText.Quote(Scanner.Word)}");
}
