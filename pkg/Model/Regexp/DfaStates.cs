using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace RemoteStore.Model.Regexp;

/// <summary>
/// The states of a deterministic automaton as rows of one table: a row has the next state for each class of code points, then one cell that is not 0
/// when the text may end there. A state is named by the place of its row, so that a step is one addition and one load.
/// </summary>
/// <remarks>One writer at a time; <see cref="Table"/> may be read at any time, by whoever got the state from it or from <see cref="Start"/>.</remarks>
internal sealed class DfaStates
{
    /// <summary>In a cell: the next state is not built yet.</summary>
    public const int Unknown = 0;

    private const int OverheadBytes = 96; // of one set in the dictionary and the list

    private readonly int _stride;
    private readonly Dictionary<int[], int> _byKey = new(KeyComparer.Instance);
    private readonly List<int[]> _keys = [[]]; // the set and, last, the context; the first row stands for Unknown
    private volatile int[] _table;
    private long _keyBytes;

    /// <summary>Makes the dead state only.</summary>
    public DfaStates(int classCount)
    {
        _stride = classCount + 1;
        _table = new int[_stride * 8];
        Dead = Add([], TextContext.None, accepts: false);
        _table.AsSpan(Dead, classCount).Fill(Dead);
    }

    /// <summary>The rows.</summary>
    public int[] Table => _table;

    /// <summary>The state of no return.</summary>
    public int Dead { get; }

    /// <summary>The state before the first code point.</summary>
    public int Start { get; set; }

    /// <summary>Number of states.</summary>
    public int Count => _keys.Count - 1;

    /// <summary>Estimated memory.</summary>
    public long SizeBytes => _keyBytes + (4L * _table.Length);

    /// <summary>The states of the nondeterministic automaton that make up a state.</summary>
    public ReadOnlySpan<int> SetOf(int state) => _keys[state / _stride].AsSpan()[..^1];

    /// <summary>What stands before the place of a state.</summary>
    public TextContext ContextOf(int state) => (TextContext)_keys[state / _stride][^1];

    /// <summary>Finds a state.</summary>
    public bool TryFind(ReadOnlySpan<int> set, TextContext context, out int state)
    {
        if (set.IsEmpty)
        {
            state = Dead;
            return true;
        }

        return _byKey.TryGetValue([.. set, (int)context], out state);
    }

    /// <summary>Adds a state that is not there.</summary>
    public int Add(ReadOnlySpan<int> set, TextContext context, bool accepts)
    {
        int[] key = [.. set, (int)context];
        int state = _keys.Count * _stride;
        int[] table = _table;
        if (state + _stride > table.Length)
        {
            // Readers of the old table miss what is connected from now on, ask for it, and get this one.
            Array.Resize(ref table, table.Length * 2);
        }

        table[state + _stride - 1] = accepts ? 1 : 0;
        _table = table;
        _keys.Add(key);
        _byKey.Add(key, state);
        _keyBytes += OverheadBytes + (4L * key.Length);
        return state;
    }

    /// <summary>Publishes that <paramref name="next"/> follows.</summary>
    public void Connect(int state, int number, int next) => Volatile.Write(ref _table[state + number], next);

    private sealed class KeyComparer : IEqualityComparer<int[]>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj) => (int)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(obj.AsSpan()));
    }
}
