using System.Runtime.InteropServices;

namespace RemoteStore.Model.Regexp;

/// <summary>
/// A deterministic automaton over the UTF-8 of a value that is built while it is used: time is linear in the value, memory is bounded by
/// <see cref="MaxCacheBytes"/>. When the states do not fit they are forgotten and built anew; when that happens at nearly every code
/// point, the set of states is simulated instead, which never needs more than one set.
/// </summary>
/// <remarks>
/// Safe for concurrent use. Readers follow transitions without a lock, in the table they took at the begin: a transition is written after the state
/// it leads to, and a table that was outgrown or forgotten stays right for those who still read it.
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
    private readonly bool _alwaysSimulate;
    private readonly Lock _lock = new(); // guards building with all its scratch, and _waste
    private readonly NfaStepper _stepper;
    private readonly List<int> _begin = [];
    private readonly List<int> _next = [];
    private long _waste;
    private volatile DfaStates _states;
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
        _states = NewStates();
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
        DfaStates states = _states;
        int[] table = states.Table;
        int dead = states.Dead;
        int state = states.Start;
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

            int next = table[state + number];
            if (next == DfaStates.Unknown)
            {
                next = Build(ref states, state, number);
                table = states.Table;
                misses++;
            }

            state = next;
            if (next == dead)
            {
                break;
            }
        }

        if (misses > 0)
        {
            NoteMisses(misses, utf8.Length);
        }

        return table[state + _classifier.Count] != 0;
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
                _states = NewStates();
            }
        }
    }

    /// <summary>Builds the state behind a transition.</summary>
    /// <param name="states">The states the caller reads; replaced when they were forgotten, now or before.</param>
    /// <param name="state">A state of them.</param>
    /// <param name="number">Class of the code point.</param>
    /// <returns>The next state, one of <paramref name="states"/>.</returns>
    private int Build(ref DfaStates states, int state, int number)
    {
        lock (_lock)
        {
            if (states.Table[state + number] is var known && known != DfaStates.Unknown)
            {
                return known;
            }

            TextContext behind = _stepper.Step(states.SetOf(state), states.ContextOf(state), number, _next);
            if (_states.SizeBytes > MaxCacheBytes)
            {
                _states = NewStates();
            }

            bool current = states == _states;
            states = _states;
            int next = FindOrAdd(states, _next, behind);
            if (current)
            {
                states.Connect(state, number, next);
            }

            return next;
        }
    }

    private DfaStates NewStates()
    {
        var states = new DfaStates(_classifier.Count);
        TextContext context = _stepper.Begin(_begin);
        states.Start = FindOrAdd(states, _begin, context);
        return states;
    }

    private int FindOrAdd(DfaStates states, List<int> set, TextContext context)
    {
        ReadOnlySpan<int> span = CollectionsMarshal.AsSpan(set);
        return states.TryFind(span, context, out int state) ? state : states.Add(span, context, _stepper.Accepts(span, context));
    }
}
