using System.Runtime.InteropServices;

namespace RemoteStore.Model.Regexp;

/// <summary>
/// A deterministic automaton over the UTF-8 of a value that is built while it is used: time is linear in the value, memory is bounded by
/// <see cref="MaxCacheBytes"/>. When the states do not fit they are forgotten and built anew; when that happens at nearly every code
/// point, the set of states is simulated instead, which never needs more than one set.
/// </summary>
/// <remarks>
/// Safe for concurrent use. Readers follow transitions without a lock: a state is complete before a reference to it is published, and a state
/// that was forgotten works on until its last reader leaves.
/// </remarks>
internal sealed class LazyDfa
{
    /// <summary>Estimated memory of the states at which they are forgotten.</summary>
    public const int MaxCacheBytes = 2 << 20;

    /// <summary>With more classes than this one state's transitions would take too much of the cache.</summary>
    private const int MaxClasses = 1024;

    /// <summary>Misses beyond hits after which simulation is cheaper.</summary>
    private const long MaxWaste = 1 << 20;

    /// <summary>Values simulated before states are tried again: the values that made them useless may be gone.</summary>
    private const int SimulatedValues = 1 << 14;

    private readonly RegexProgram _program;
    private readonly RuneClassifier _classifier;
    private readonly Lock _lock = new(); // guards what follows, but for _start, _simulationsLeft and _idleSimulation
    private readonly Dictionary<int[], State> _states = new(StateKeyComparer.Instance);
    private readonly NfaStepper _stepper;
    private readonly List<int> _scratch = [];
    private long _cacheBytes;
    private long _waste;
    private volatile State _start;
    private readonly bool _alwaysSimulate;
    private volatile int _simulationsLeft; // counted down without care for races: its only use is to end some day
    private NfaSimulation? _idleSimulation;

    /// <summary>Creates the automaton with its first state only.</summary>
    /// <param name="program">Compiled without captures.</param>
    /// <param name="pattern">Its text, for the error.</param>
    /// <exception cref="Re2SyntaxException">Too many classes of code points.</exception>
    public LazyDfa(RegexProgram program, string pattern)
    {
        _program = program;
        _classifier = RuneClassifier.Create(program, pattern);
        _stepper = new NfaStepper(program, _classifier);
        _alwaysSimulate = _classifier.Count > MaxClasses;
        _start = AddStart();
    }

    /// <summary>States built and not forgotten; for tests.</summary>
    internal int StateCount
    {
        get
        {
            lock (_lock)
            {
                return _states.Count;
            }
        }
    }

    /// <summary>True when the whole value matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        if (_alwaysSimulate)
        {
            return Simulate(utf8);
        }

        if (_simulationsLeft > 0)
        {
            _simulationsLeft--;
            return Simulate(utf8);
        }

        ReadOnlySpan<byte> ascii = _classifier.Ascii;
        State state = _start;
        int misses = 0;
        for (int i = 0; i < utf8.Length;)
        {
            byte b = utf8[i];
            int number;
            if (b < 128)
            {
                number = ascii[b];
                i++;
            }
            else
            {
                number = _classifier.ClassifyNext(utf8, ref i);
            }

            State? next = state.Next[number];
            if (next is null)
            {
                next = Build(state, number);
                misses++;
            }

            if (next.IsDead)
            {
                state = next;
                break;
            }

            state = next;
        }

        if (misses > 0)
        {
            NoteMisses(misses, utf8.Length);
        }

        return state.Accepts;
    }

    /// <summary>As <see cref="IsMatch"/>, without building states.</summary>
    internal bool Simulate(ReadOnlySpan<byte> utf8)
    {
        NfaSimulation simulation = Interlocked.Exchange(ref _idleSimulation, null) ?? new NfaSimulation(_program, _classifier);
        bool matches = simulation.IsMatch(utf8);
        _idleSimulation = simulation;
        return matches;
    }

    private void NoteMisses(int misses, int length)
    {
        lock (_lock)
        {
            // A miss costs some four times a simulated step. Values that need no new state are not seen here; they need no help.
            _waste = Math.Max(0, _waste + (4L * misses) - length);
            if (_waste > MaxWaste)
            {
                _simulationsLeft = SimulatedValues;
                _waste = 0;
                Forget();
            }
        }
    }

    private State Build(State state, int number)
    {
        lock (_lock)
        {
            if (state.Next[number] is { } built)
            {
                return built;
            }

            if (_cacheBytes > MaxCacheBytes)
            {
                Forget();
            }

            TextContext context = _stepper.Step(state.Set, state.Context, number, _scratch);
            State next = Add(context);
            Volatile.Write(ref state.Next[number], next);
            return next;
        }
    }

    private void Forget()
    {
        _states.Clear();
        _cacheBytes = 0;
        _start = AddStart();
    }

    private State AddStart()
    {
        TextContext context = _stepper.Begin(_scratch);
        return Add(context);
    }

    /// <summary>The state for the set in scratch.</summary>
    private State Add(TextContext context)
    {
        _scratch.Add((int)context); // part of the key
        ReadOnlySpan<int> key = CollectionsMarshal.AsSpan(_scratch);
        Dictionary<int[], State>.AlternateLookup<ReadOnlySpan<int>> states = _states.GetAlternateLookup<ReadOnlySpan<int>>();
        if (states.TryGetValue(key, out State? state))
        {
            return state;
        }

        ReadOnlySpan<int> set = key[..^1];
        bool accepts = _stepper.Accepts(set, context);
        state = new State(key.ToArray(), context, accepts, set.IsEmpty ? [] : new State?[_classifier.Count]);
        _states.Add(state.Key, state);
        _cacheBytes += 160 + (4L * key.Length) + (8L * state.Next.Length);
        return state;
    }

    private sealed class State(int[] key, TextContext context, bool accepts, State?[] next)
    {
        public int[] Key { get; } = key;

        public ReadOnlySpan<int> Set => Key.AsSpan(0, Key.Length - 1);

        public TextContext Context { get; } = context;

        public bool Accepts { get; } = accepts;

        /// <summary>The state after a code point of each class, null when not yet built; empty when dead.</summary>
        public State?[] Next { get; } = next;

        public bool IsDead => Next.Length == 0;
    }

    private sealed class StateKeyComparer : IEqualityComparer<int[]>, IAlternateEqualityComparer<ReadOnlySpan<int>, int[]>
    {
        public static StateKeyComparer Instance { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<int> alternate, int[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(int[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<int> alternate) =>
            (int)System.IO.Hashing.XxHash3.HashToUInt64(MemoryMarshal.AsBytes(alternate));

        public int[] Create(ReadOnlySpan<int> alternate) => alternate.ToArray();
    }
}
