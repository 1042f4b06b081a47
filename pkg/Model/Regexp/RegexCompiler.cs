using System.Buffers;
using System.Text;

namespace RemoteStore.Model.Regexp;

/// <summary>Compiles a tree, back to front: each node is told where to go on and says where it begins. Counted repetitions become copies.</summary>
internal sealed class RegexCompiler
{
    /// <summary>Most instructions; beyond it "expression too large". At 16 bytes each this bounds a pattern's memory to 8 MiB.</summary>
    public const int MaxInstructions = 500_000;

    private readonly List<RegexInstruction> _instructions = [new(RegexOp.Match, 0)];
    private readonly Dictionary<RuneClass, int> _classes = [];
    private readonly bool _captures;
    private int _work;
    private int _captureCount;

    private RegexCompiler(bool captures) => _captures = captures;

    /// <summary>Compiles.</summary>
    /// <param name="node">The tree.</param>
    /// <param name="pattern">Its text, for the error.</param>
    /// <param name="captures">True to note where groups match.</param>
    /// <exception cref="Re2SyntaxException">The automaton is too large.</exception>
    public static RegexProgram Compile(RegexNode node, string pattern, bool captures)
    {
        var compiler = new RegexCompiler(captures);
        try
        {
            int start = compiler.Emit(node, 0);
            var classes = new RuneClass[compiler._classes.Count];
            foreach ((RuneClass runes, int index) in compiler._classes)
            {
                classes[index] = runes;
            }

            return new RegexProgram([.. compiler._instructions], classes, start, compiler._captureCount);
        }
        catch (TooLargeException)
        {
            throw new Re2SyntaxException(Re2SyntaxException.Large, pattern);
        }
    }

    private int Emit(RegexNode node, int next)
    {
        // Copies of what emits nothing cost time as well.
        if (++_work > 4 * MaxInstructions)
        {
            throw new TooLargeException();
        }

        return node switch
        {
            EmptyNode => next,
            LiteralNode literal => EmitLiteral(literal.Utf8, next),
            ClassNode c => EmitClass(c.Runes, next),
            AssertNode assert => Add(new(RegexOp.Assert, next, (int)assert.Assertion)),
            ConcatNode concat => EmitConcat(concat, next),
            AlternateNode alternate => EmitAlternate(alternate, next),
            RepeatNode repeat => EmitRepeat(repeat, next),
            CaptureNode capture => EmitCapture(capture, next),
            _ => throw new InvalidOperationException($"unknown node {node.GetType().Name}"),
        };
    }

    private int Add(RegexInstruction instruction)
    {
        if (_instructions.Count >= MaxInstructions)
        {
            throw new TooLargeException();
        }

        _instructions.Add(instruction);
        return _instructions.Count - 1;
    }

    private int EmitLiteral(ReadOnlySpan<byte> utf8, int next)
    {
        while (!utf8.IsEmpty)
        {
            OperationStatus status = Rune.DecodeLastFromUtf8(utf8, out Rune rune, out int length);
            next = status == OperationStatus.Done
                ? Add(new(RegexOp.Range, next, rune.Value, rune.Value))
                : throw new InvalidOperationException("literals are valid UTF-8");
            utf8 = utf8[..^length];
        }

        return next;
    }

    private int EmitClass(RuneClass runes, int next)
    {
        if (runes.RangeCount == 1)
        {
            return Add(new(RegexOp.Range, next, runes[0].Lo, runes[0].Hi));
        }

        if (!_classes.TryGetValue(runes, out int index))
        {
            index = _classes.Count;
            _classes.Add(runes, index);
        }

        return Add(new(RegexOp.Class, next, index));
    }

    private int EmitConcat(ConcatNode concat, int next)
    {
        for (int i = concat.Parts.Count - 1; i >= 0; i--)
        {
            next = Emit(concat.Parts[i], next);
        }

        return next;
    }

    private int EmitAlternate(AlternateNode alternate, int next)
    {
        int entry = Emit(alternate.Branches[^1], next);
        for (int i = alternate.Branches.Count - 2; i >= 0; i--)
        {
            entry = Add(new(RegexOp.Split, Emit(alternate.Branches[i], next), entry));
        }

        return entry;
    }

    private int EmitCapture(CaptureNode capture, int next)
    {
        if (!_captures)
        {
            return Emit(capture.Body, next);
        }

        _captureCount = Math.Max(_captureCount, capture.Index);
        int end = Add(new(RegexOp.Save, next, (2 * capture.Index) + 1));
        return Add(new(RegexOp.Save, Emit(capture.Body, end), 2 * capture.Index));
    }

    private int EmitRepeat(RepeatNode repeat, int next)
    {
        RegexNode body = repeat.Body;
        if (body is EmptyNode)
        {
            return next;
        }

        int copies = repeat.Min;
        if (repeat.Max < 0)
        {
            if (repeat.Min == 0)
            {
                next = EmitStar(repeat, next);
            }
            else
            {
                next = EmitPlus(repeat, next);
                copies--;
            }
        }
        else
        {
            int end = next;
            for (int i = repeat.Min; i < repeat.Max; i++)
            {
                next = Choose(repeat.IsGreedy, Emit(body, next), end);
            }
        }

        for (int i = 0; i < copies; i++)
        {
            next = Emit(body, next);
        }

        return next;
    }

    /// <summary>x*; written (x+)? when x can be empty, so that groups inside an empty turn are noted as the reference engine notes them.</summary>
    private int EmitStar(RepeatNode repeat, int next)
    {
        if (repeat.Body.IsNullable)
        {
            return Choose(repeat.IsGreedy, EmitPlus(repeat, next), next);
        }

        int loop = Add(default);
        SetChoice(loop, repeat.IsGreedy, Emit(repeat.Body, loop), next);
        return loop;
    }

    private int EmitPlus(RepeatNode repeat, int next)
    {
        int loop = Add(default);
        int entry = Emit(repeat.Body, loop);
        SetChoice(loop, repeat.IsGreedy, entry, next);
        return entry;
    }

    private int Choose(bool greedy, int body, int end)
    {
        int at = Add(default);
        SetChoice(at, greedy, body, end);
        return at;
    }

    private void SetChoice(int at, bool greedy, int body, int end) =>
        _instructions[at] = greedy ? new(RegexOp.Split, body, end) : new(RegexOp.Split, end, body);

    private sealed class TooLargeException : Exception;
}
