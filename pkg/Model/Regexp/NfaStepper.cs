namespace RemoteStore.Model.Regexp;

/// <summary>What surrounds a place in the text, as assertions see it.</summary>
[Flags]
internal enum TextContext
{
    None = 0,
    AtBegin = 1,
    AfterNewline = 2,
    AfterWord = 4,
}

/// <summary>
/// Moves a set of states of the automaton by one class of code points: the common part of the lazily built deterministic automaton and of plain
/// simulation. A set holds instructions that consume, that assert (their outcome needs the next code point) or that match, ascending.
/// </summary>
/// <remarks>Holds scratch; not safe for concurrent use.</remarks>
internal sealed class NfaStepper
{
    private const int EndOfText = -1;

    private readonly RegexProgram _program;
    private readonly RuneClassifier _classifier;
    private readonly int[] _marks; // generation that last put an instruction into a set
    private readonly int[] _resolvedMarks;
    private readonly Stack<int> _pending = new();
    private readonly List<int> _resolved = [];
    private int _generation;

    public NfaStepper(RegexProgram program, RuneClassifier classifier)
    {
        _program = program;
        _classifier = classifier;
        _marks = new int[program.Instructions.Length];
        _resolvedMarks = program.HasAssertions ? new int[program.Instructions.Length] : [];
    }

    /// <summary>Fills <paramref name="set"/> with the states before the first code point.</summary>
    /// <returns>The context of that place, as far as the set depends on it.</returns>
    public TextContext Begin(List<int> set)
    {
        set.Clear();
        NextGeneration();
        return Finish(set, AddFrom(_program.Start, set, _marks, null), TextContext.AtBegin | TextContext.AfterNewline);
    }

    /// <summary>Fills <paramref name="next"/> with the states after a code point of class <paramref name="number"/>.</summary>
    /// <returns>The context behind the code point, as far as the set depends on it.</returns>
    public TextContext Step(ReadOnlySpan<int> set, TextContext context, int number, List<int> next)
    {
        int rune = _classifier.Representative(number);
        ReadOnlySpan<int> resolved = Resolve(set, context, rune);
        next.Clear();
        NextGeneration();
        bool asserts = false;
        foreach (int pc in resolved)
        {
            ref readonly RegexInstruction instruction = ref _program.Instructions[pc];
            bool consumes = instruction.Op switch
            {
                RegexOp.Range => rune >= instruction.Arg1 && rune <= instruction.Arg2,
                RegexOp.Class => _program.Classes[instruction.Arg1].Contains(rune),
                _ => false,
            };
            asserts |= consumes && AddFrom(instruction.Next, next, _marks, null);
        }

        TextContext behind = rune == '\n' ? TextContext.AfterNewline : IsWord(rune) ? TextContext.AfterWord : TextContext.None;
        return Finish(next, asserts, behind);
    }

    /// <summary>True when the set matches at the end of the text.</summary>
    public bool Accepts(ReadOnlySpan<int> set, TextContext context) => Resolve(set, context, EndOfText).Contains(0);

    private static bool IsWord(int rune) => rune is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or '_' or (>= 'a' and <= 'z');

    private static TextContext Finish(List<int> set, bool asserts, TextContext context)
    {
        set.Sort();
        return asserts ? context : TextContext.None;
    }

    private void NextGeneration()
    {
        if (++_generation == int.MaxValue)
        {
            _marks.AsSpan().Clear();
            _resolvedMarks.AsSpan().Clear();
            _generation = 1;
        }
    }

    /// <summary>Replaces assertions by what follows them where they hold; needs the set ascending no longer.</summary>
    private ReadOnlySpan<int> Resolve(ReadOnlySpan<int> set, TextContext context, int rune)
    {
        if (!_program.HasAssertions)
        {
            return set;
        }

        _resolved.Clear();
        NextGeneration();
        foreach (int pc in set)
        {
            AddFrom(pc, _resolved, _resolvedMarks, new Place(context, rune));
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_resolved);
    }

    /// <summary>Adds all that is reachable from <paramref name="start"/> without consuming. With a place assertions are decided, else kept.</summary>
    /// <returns>True when an assertion was kept.</returns>
    private bool AddFrom(int start, List<int> set, int[] marks, Place? place)
    {
        bool asserts = false;
        _pending.Push(start);
        while (_pending.TryPop(out int pc))
        {
            if (marks[pc] == _generation)
            {
                continue;
            }

            marks[pc] = _generation;
            ref readonly RegexInstruction instruction = ref _program.Instructions[pc];
            switch (instruction.Op)
            {
                case RegexOp.Split:
                    _pending.Push(instruction.Arg1);
                    _pending.Push(instruction.Next);
                    break;
                case RegexOp.Save:
                    _pending.Push(instruction.Next);
                    break;
                case RegexOp.Assert when place is { } at:
                    if (at.Holds((Assertion)instruction.Arg1))
                    {
                        _pending.Push(instruction.Next);
                    }

                    break;
                default:
                    asserts |= instruction.Op == RegexOp.Assert;
                    set.Add(pc);
                    break;
            }
        }

        return asserts;
    }

    private readonly record struct Place(TextContext Context, int NextRune)
    {
        public bool Holds(Assertion assertion) => assertion switch
        {
            Assertion.BeginText => (Context & TextContext.AtBegin) != 0,
            Assertion.BeginLine => (Context & TextContext.AfterNewline) != 0,
            Assertion.EndText => NextRune == EndOfText,
            Assertion.EndLine => NextRune is EndOfText or '\n',
            Assertion.WordBoundary => IsBoundary,
            _ => !IsBoundary,
        };

        private bool IsBoundary => ((Context & TextContext.AfterWord) != 0) != IsWord(NextRune);
    }
}
