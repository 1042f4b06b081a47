using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RemoteStore.Model.Regexp;

/// <summary>
/// A regular expression of RE2 syntax that tells where its groups match: in whole values, <c>^(?s:pattern)$</c>, or somewhere in a text. It has the preferences of
/// Perl and Go: earlier alternatives and greedy repetitions first. All states advance together (Thompson's simulation with captures, as in Cox, "Regular
/// Expression Matching: the Virtual Machine Approach"), so that time is linear in the value and nothing backtracks.
/// </summary>
/// <remarks>Holds scratch; not safe for concurrent use.</remarks>
public sealed class Re2Captures
{
    /// <summary>Numbers copied between two looks at the token: well below a millisecond.</summary>
    private const long WorkBetweenChecks = 1 << 18;

    private readonly RegexProgram _program;
    private readonly int _slots;
    private readonly int[] _marks;
    private readonly int[] _scratch;
    private readonly int[] _groups;
    private readonly Stack<(int Pc, int Slot, int Old)> _pending = new();
    private Threads _current;
    private Threads _next;
    private int _generation;

    private Re2Captures(RegexProgram program, IReadOnlyList<string?> names)
    {
        _program = program;
        GroupNames = names;
        _slots = 2 * (program.CaptureCount + 1);
        _marks = new int[program.Instructions.Length];
        _scratch = new int[_slots];
        _groups = new int[_slots];
        _current = new Threads(_slots);
        _next = new Threads(_slots);
    }

    /// <summary>Names of the groups from 1 on; null for those without a name.</summary>
    public IReadOnlyList<string?> GroupNames { get; }

    /// <summary>
    /// Most bytes that matching holds: where each group has come to, for each state. It is the product of two lengths, so that a pattern of many groups should be
    /// measured before it is used.
    /// </summary>
    public long MaxScratchBytes => 2L * sizeof(int) * _slots * _program.Instructions.Length;

    /// <summary>Parses a pattern.</summary>
    /// <param name="pattern">RE2 syntax.</param>
    /// <param name="captures">The expression, null when false is returned.</param>
    /// <param name="error">What is wrong, in the words of Go's regexp package, null when true is returned.</param>
    /// <param name="dotMatchesNewline">False to have the dot match no newline, as Go has it where Prometheus does not set the flag.</param>
    public static bool TryParse(
        string pattern, [NotNullWhen(true)] out Re2Captures? captures, [NotNullWhen(false)] out string? error, bool dotMatchesNewline = true)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        try
        {
            (RegexNode tree, IReadOnlyList<string?> names) = Re2Parser.Parse(pattern, dotMatchesNewline);
            captures = new Re2Captures(RegexCompiler.Compile(tree, pattern, captures: true), names);
            error = null;
            return true;
        }
        catch (Re2SyntaxException e)
        {
            captures = null;
            error = e.Message;
            return false;
        }
    }

    /// <summary>Matches a whole value.</summary>
    /// <param name="utf8Value">The value; bytes that are not UTF-8 count as U+FFFD.</param>
    /// <param name="groups">
    /// Begin and end of each group in bytes, the whole match first; -1 for a group that took no part. Valid until the next call.
    /// </param>
    /// <param name="cancellationToken">Looked at now and then; a long value and a large pattern together can take long.</param>
    /// <returns>False when the value does not match.</returns>
    public bool TryMatch(ReadOnlySpan<byte> utf8Value, out ReadOnlySpan<int> groups, CancellationToken cancellationToken)
    {
        long work = 0;
        groups = _groups;
        _current.Count = 0;
        _scratch.AsSpan().Fill(-1);
        NextGeneration();
        int before = -1;
        int at = 0;
        int rune = Decode(utf8Value, at, out int width);
        Follow(_program.Start, 0, new Place(before, rune), _current);
        while (width > 0 && _current.Count > 0)
        {
            work += (long)_current.Count * _slots;
            if (work > WorkBetweenChecks)
            {
                cancellationToken.ThrowIfCancellationRequested();
                work = 0;
            }

            int following = Decode(utf8Value, at + width, out int followingWidth);
            _next.Count = 0;
            NextGeneration();
            Step(rune, at + width, new Place(rune, following));
            (_current, _next) = (_next, _current);
            at += width;
            (rune, width) = (following, followingWidth);
        }

        return TryAccept(utf8Value.Length);
    }

    /// <summary>Finds the first match in a text.</summary>
    /// <param name="utf8Text">The text; bytes that are not UTF-8 count as U+FFFD.</param>
    /// <param name="from">Where a match may begin at the earliest, in bytes; what is before it counts for assertions.</param>
    /// <param name="groups">As in <see cref="TryMatch"/>.</param>
    /// <param name="cancellationToken">Looked at now and then.</param>
    /// <returns>False when nothing matches.</returns>
    public bool TryFind(ReadOnlySpan<byte> utf8Text, int from, out ReadOnlySpan<int> groups, CancellationToken cancellationToken)
    {
        long work = 0;
        bool found = false;
        groups = _groups;
        _current.Count = 0;
        NextGeneration();
        int before = from > 0 && Rune.DecodeLastFromUtf8(utf8Text[..from], out Rune last, out _) is var _ ? last.Value : -1;
        int at = from;
        int rune = Decode(utf8Text, at, out int width);
        while (true)
        {
            if (!found)
            {
                // A match that begins here comes after all that began before.
                _scratch.AsSpan().Fill(-1);
                _scratch[0] = at;
                Follow(_program.Start, at, new Place(before, rune), _current);
            }

            found |= TryTake(at);
            if (width == 0 || (found && _current.Count == 0))
            {
                break;
            }

            work += ((long)_current.Count + 1) * _slots;
            if (work > WorkBetweenChecks)
            {
                cancellationToken.ThrowIfCancellationRequested();
                work = 0;
            }

            int following = Decode(utf8Text, at + width, out int followingWidth);
            _next.Count = 0;
            NextGeneration();
            Step(rune, at + width, new Place(rune, following));
            (_current, _next) = (_next, _current);
            at += width;
            (before, rune, width) = (rune, following, followingWidth);
        }

        ScannedBytes = at - from;
        return found;
    }

    /// <summary>How far the last <see cref="TryFind"/> had to look.</summary>
    public int ScannedBytes { get; private set; }

    /// <summary>Takes the first thread that has come to the end of the pattern, and drops those that are preferred less.</summary>
    private bool TryTake(int end)
    {
        for (int thread = 0; thread < _current.Count; thread++)
        {
            if (_program.Instructions[_current.Pc(thread)].Op == RegexOp.Match)
            {
                _current.Captures(thread).CopyTo(_groups);
                _groups[1] = end;
                _current.Count = thread;
                return true;
            }
        }

        return false;
    }

    private static int Decode(ReadOnlySpan<byte> value, int at, out int width)
    {
        if (at >= value.Length)
        {
            width = 0;
            return -1;
        }

        OperationStatus status = Rune.DecodeFromUtf8(value[at..], out Rune rune, out width);
        width = status == OperationStatus.Done ? width : 1;
        return rune.Value;
    }

    private void Step(int rune, int position, Place place)
    {
        for (int thread = 0; thread < _current.Count; thread++)
        {
            ref readonly RegexInstruction instruction = ref _program.Instructions[_current.Pc(thread)];
            bool consumes = instruction.Op switch
            {
                RegexOp.Range => rune >= instruction.Arg1 && rune <= instruction.Arg2,
                RegexOp.Class => _program.Classes[instruction.Arg1].Contains(rune),
                _ => false,
            };
            if (consumes)
            {
                _current.Captures(thread).CopyTo(_scratch);
                Follow(instruction.Next, position, place, _next);
            }
        }
    }

    /// <summary>The first thread, in order of preference, that has come to the end of the pattern.</summary>
    private bool TryAccept(int length)
    {
        for (int thread = 0; thread < _current.Count; thread++)
        {
            if (_program.Instructions[_current.Pc(thread)].Op == RegexOp.Match)
            {
                _current.Captures(thread).CopyTo(_groups);
                _groups[0] = 0;
                _groups[1] = length;
                return true;
            }
        }

        return false;
    }

    private void NextGeneration()
    {
        if (++_generation == int.MaxValue)
        {
            _marks.AsSpan().Clear();
            _generation = 1;
        }
    }

    /// <summary>Adds all that is reachable without consuming, preferred ways first; the captures so far are in the scratch, which is left as it was.</summary>
    private void Follow(int start, int position, Place place, Threads threads)
    {
        _pending.Push((start, -1, 0));
        while (_pending.TryPop(out (int Pc, int Slot, int Old) entry))
        {
            if (entry.Slot >= 0)
            {
                _scratch[entry.Slot] = entry.Old;
                continue;
            }

            if (_marks[entry.Pc] == _generation)
            {
                continue;
            }

            _marks[entry.Pc] = _generation;
            ref readonly RegexInstruction instruction = ref _program.Instructions[entry.Pc];
            switch (instruction.Op)
            {
                case RegexOp.Split:
                    _pending.Push((instruction.Arg1, -1, 0));
                    _pending.Push((instruction.Next, -1, 0));
                    break;
                case RegexOp.Save:
                    _pending.Push((0, instruction.Arg1, _scratch[instruction.Arg1]));
                    _scratch[instruction.Arg1] = position;
                    _pending.Push((instruction.Next, -1, 0));
                    break;
                case RegexOp.Assert:
                    if (place.Holds((Assertion)instruction.Arg1))
                    {
                        _pending.Push((instruction.Next, -1, 0));
                    }

                    break;
                default:
                    threads.Add(entry.Pc, _scratch);
                    break;
            }
        }
    }

    private readonly record struct Place(int Before, int After)
    {
        public bool Holds(Assertion assertion) => assertion switch
        {
            Assertion.BeginText => Before < 0,
            Assertion.BeginLine => Before is < 0 or '\n',
            Assertion.EndText => After < 0,
            Assertion.EndLine => After is < 0 or '\n',
            Assertion.WordBoundary => IsWord(Before) != IsWord(After),
            _ => IsWord(Before) == IsWord(After),
        };

        private static bool IsWord(int rune) => rune is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or '_' or (>= 'a' and <= 'z');
    }

    /// <summary>States in order of preference, each with its captures.</summary>
    private sealed class Threads(int slots)
    {
        private int[] _pcs = new int[16];
        private int[] _captures = new int[16 * slots];

        public int Count { get; set; }

        public int Pc(int thread) => _pcs[thread];

        public ReadOnlySpan<int> Captures(int thread) => _captures.AsSpan(thread * slots, slots);

        public void Add(int pc, int[] captures)
        {
            if (Count == _pcs.Length)
            {
                Array.Resize(ref _pcs, Count * 2);
                Array.Resize(ref _captures, Count * 2 * slots);
            }

            _pcs[Count] = pc;
            captures.CopyTo(_captures, Count * slots);
            Count++;
        }
    }
}
