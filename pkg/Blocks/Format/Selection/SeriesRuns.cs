using System.Numerics;

namespace RemoteStore.Blocks.Format.Selection;

/// <summary>
/// A set of series numbers as ascending runs. Series are numbered in label order, so that those of one metric, and of one label within it, lie together:
/// most sets are a few runs. Immutable.
/// </summary>
internal sealed class SeriesRuns
{
    private readonly int[] _bounds; // start and end of each run, alternating, strictly ascending

    private SeriesRuns(int[] bounds)
    {
        _bounds = bounds;
        for (int i = 0; i < bounds.Length; i += 2)
        {
            Count += bounds[i + 1] - bounds[i];
        }
    }

    /// <summary>No series.</summary>
    public static SeriesRuns Empty { get; } = new([]);

    /// <summary>Series in the set.</summary>
    public int Count { get; }

    /// <summary>Number of runs.</summary>
    public int RunCount => _bounds.Length / 2;

    /// <summary>First series of a run.</summary>
    public int Start(int run) => _bounds[2 * run];

    /// <summary>One past the last series of a run.</summary>
    public int End(int run) => _bounds[(2 * run) + 1];

    /// <summary>The series from 0 up to <paramref name="count"/>.</summary>
    public static SeriesRuns All(int count) => count == 0 ? Empty : new([0, count]);

    /// <summary>Series in both sets.</summary>
    public SeriesRuns Intersect(SeriesRuns other)
    {
        var result = new Builder(Math.Min(RunCount, other.RunCount) + 1);
        for (int a = 0, b = 0; a < RunCount && b < other.RunCount;)
        {
            int start = Math.Max(Start(a), other.Start(b));
            int end = Math.Min(End(a), other.End(b));
            if (start < end)
            {
                result.Add(start, end);
            }

            if (End(a) <= other.End(b))
            {
                a++;
            }
            else
            {
                b++;
            }
        }

        return result.Build();
    }

    /// <summary>True when a series is in both sets.</summary>
    public bool Intersects(SeriesRuns other)
    {
        for (int a = 0, b = 0; a < RunCount && b < other.RunCount;)
        {
            if (Math.Max(Start(a), other.Start(b)) < Math.Min(End(a), other.End(b)))
            {
                return true;
            }

            if (End(a) <= other.End(b))
            {
                a++;
            }
            else
            {
                b++;
            }
        }

        return false;
    }

    /// <summary>Series of this set that are not in the other.</summary>
    public SeriesRuns Subtract(SeriesRuns other)
    {
        var result = new Builder(RunCount + other.RunCount);
        int b = 0;
        for (int a = 0; a < RunCount; a++)
        {
            int start = Start(a);
            while (b < other.RunCount && other.End(b) <= start)
            {
                b++;
            }

            for (int i = b; i < other.RunCount && other.Start(i) < End(a) && start < End(a); i++)
            {
                if (other.Start(i) > start)
                {
                    result.Add(start, other.Start(i));
                }

                start = Math.Max(start, other.End(i));
            }

            if (start < End(a))
            {
                result.Add(start, End(a));
            }
        }

        return result.Build();
    }

    /// <summary>First run that ends behind the series; <see cref="RunCount"/> when none does.</summary>
    public int Seek(int series)
    {
        int low = 0;
        int high = RunCount;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = End(middle) <= series ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Gathers runs in ascending order; those that touch become one.</summary>
    internal struct Builder(int capacity)
    {
        private int[] _bounds = new int[Math.Max(2, 2 * capacity)];
        private int _length;

        /// <summary>Adds a run that begins at or behind the end of the one before.</summary>
        public void Add(int start, int end)
        {
            if (_length > 0 && _bounds[_length - 1] == start)
            {
                _bounds[_length - 1] = end;
                return;
            }

            if (_length == _bounds.Length)
            {
                Array.Resize(ref _bounds, _bounds.Length * 2);
            }

            _bounds[_length++] = start;
            _bounds[_length++] = end;
        }

        /// <summary>The set.</summary>
        public readonly SeriesRuns Build() => _length == 0 ? Empty : new(_bounds.Length == _length ? _bounds : _bounds[.._length]);
    }

    /// <summary>Union of many sets: one bit per series.</summary>
    internal sealed class Union(int seriesCount)
    {
        private readonly ulong[] _words = new ulong[((long)seriesCount + 63) / 64];

        /// <summary>Adds a set.</summary>
        public void Add(SeriesRuns runs)
        {
            for (int run = 0; run < runs.RunCount; run++)
            {
                int start = runs.Start(run);
                int end = runs.End(run);
                while (start < end)
                {
                    int bit = start & 63;
                    int length = Math.Min(64 - bit, end - start);
                    _words[start >> 6] |= (ulong.MaxValue >> (64 - length)) << bit;
                    start += length;
                }
            }
        }

        /// <summary>The union as runs.</summary>
        public SeriesRuns Build()
        {
            var result = new Builder(16);
            for (int i = 0; i < _words.Length; i++)
            {
                ulong word = _words[i];
                int at = 0;
                while (word != 0)
                {
                    int zeros = BitOperations.TrailingZeroCount(word);
                    at += zeros;
                    word >>= zeros;
                    int ones = BitOperations.TrailingZeroCount(~word);
                    result.Add((i << 6) + at, (i << 6) + at + ones);
                    at += ones;
                    word = ones == 64 ? 0 : word >> ones;
                }
            }

            return result.Build();
        }
    }
}
