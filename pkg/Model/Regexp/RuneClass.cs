using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RemoteStore.Model.Regexp;

/// <summary>A set of code points as sorted, disjoint, not adjacent ranges. Equal sets have equal ranges.</summary>
internal sealed class RuneClass : IEquatable<RuneClass>
{
    /// <summary>Last code point of Unicode.</summary>
    public const int MaxRune = 0x10ffff;

    private readonly int[] _bounds; // lo, hi, lo, hi, …

    private RuneClass(int[] bounds) => _bounds = bounds;

    /// <summary>No code point.</summary>
    public static RuneClass None { get; } = new([]);

    /// <summary>Every code point.</summary>
    public static RuneClass All { get; } = new([0, MaxRune]);

    /// <summary>Every code point but the newline.</summary>
    public static RuneClass NotNewline { get; } = new([0, '\n' - 1, '\n' + 1, MaxRune]);

    /// <summary>ASCII letters, digits and underscore.</summary>
    public static RuneClass Word { get; } = new(['0', '9', 'A', 'Z', '_', '_', 'a', 'z']);

    /// <summary>Number of ranges.</summary>
    public int RangeCount => _bounds.Length / 2;

    /// <summary>Number of code points.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            for (int i = 0; i < _bounds.Length; i += 2)
            {
                count += _bounds[i + 1] - _bounds[i] + 1;
            }

            return count;
        }
    }

    /// <summary>The <paramref name="index"/>th range, both ends inclusive.</summary>
    public (int Lo, int Hi) this[int index] => (_bounds[2 * index], _bounds[(2 * index) + 1]);

    /// <summary>The set of one range.</summary>
    public static RuneClass Range(int lo, int hi) => new([lo, hi]);

    /// <summary>The set of any ranges, in any order, overlapping or not.</summary>
    public static RuneClass Of(List<(int Lo, int Hi)> ranges)
    {
        Span<(int Lo, int Hi)> sorted = CollectionsMarshal.AsSpan(ranges);
        sorted.Sort();
        var bounds = new List<int>(ranges.Count * 2);
        foreach ((int lo, int hi) in sorted)
        {
            if (bounds.Count > 0 && lo <= bounds[^1] + 1)
            {
                bounds[^1] = Math.Max(bounds[^1], hi);
            }
            else
            {
                bounds.Add(lo);
                bounds.Add(hi);
            }
        }

        return new RuneClass([.. bounds]);
    }

    /// <summary>True when the code point is in the set.</summary>
    public bool Contains(int rune)
    {
        int lo = 0, hi = _bounds.Length / 2;
        while (lo < hi)
        {
            int middle = (lo + hi) >> 1;
            if (rune > _bounds[(2 * middle) + 1])
            {
                lo = middle + 1;
            }
            else
            {
                hi = middle;
            }
        }

        return 2 * lo < _bounds.Length && rune >= _bounds[2 * lo];
    }

    /// <summary>All other code points.</summary>
    public RuneClass Negate()
    {
        var bounds = new List<int>(_bounds.Length + 2);
        int next = 0;
        for (int i = 0; i < _bounds.Length; i += 2)
        {
            if (_bounds[i] > next)
            {
                bounds.Add(next);
                bounds.Add(_bounds[i] - 1);
            }

            next = _bounds[i + 1] + 1;
        }

        if (next <= MaxRune)
        {
            bounds.Add(next);
            bounds.Add(MaxRune);
        }

        return new RuneClass([.. bounds]);
    }

    /// <summary>Adds the ranges to a list.</summary>
    public void AddTo(List<(int Lo, int Hi)> ranges)
    {
        for (int i = 0; i < RangeCount; i++)
        {
            ranges.Add(this[i]);
        }
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] RuneClass? other) => other is not null && _bounds.AsSpan().SequenceEqual(other._bounds);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RuneClass);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(_bounds.AsSpan()));
        return hash.ToHashCode();
    }
}
