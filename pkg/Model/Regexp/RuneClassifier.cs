using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace RemoteStore.Model.Regexp;

/// <summary>
/// Sorts all code points into the fewest classes that no instruction of a program can tell apart, so that a deterministic state needs one
/// transition per class. Immutable.
/// </summary>
internal sealed class RuneClassifier
{
    private const long MaxWork = 20_000_000;

    private readonly byte[] _ascii = new byte[128]; // class of each ASCII code point; there are at most 128 + the others
    private readonly int[] _starts; // first code point of each interval
    private readonly int[] _classes; // class of each interval
    private readonly int[] _representatives; // a code point of each class

    private RuneClassifier(int[] starts, int[] classes)
    {
        // Classes are numbered in order of first appearance, so those of ASCII come first and fit a byte.
        var numbers = new Dictionary<int, int>();
        var representatives = new List<int>();
        for (int i = 0; i < starts.Length; i++)
        {
            if (!numbers.TryGetValue(classes[i], out int number))
            {
                number = numbers.Count;
                numbers.Add(classes[i], number);
                representatives.Add(starts[i]);
            }

            classes[i] = number;
        }

        _starts = starts;
        _classes = classes;
        _representatives = [.. representatives];
        for (int c = 0; c < 128; c++)
        {
            _ascii[c] = (byte)Find(c);
        }
    }

    /// <summary>Number of classes.</summary>
    public int Count => _representatives.Length;

    /// <summary>Classes of the ASCII code points.</summary>
    public ReadOnlySpan<byte> Ascii => _ascii;

    /// <summary>A code point of the class; all others of it behave the same.</summary>
    public int Representative(int number) => _representatives[number];

    /// <summary>Builds the classes for a program.</summary>
    /// <exception cref="Re2SyntaxException">There are too many.</exception>
    public static RuneClassifier Create(RegexProgram program, string pattern)
    {
        var ranges = new HashSet<(int Lo, int Hi)>();
        foreach (RegexInstruction instruction in program.Instructions)
        {
            if (instruction.Op == RegexOp.Range)
            {
                ranges.Add((instruction.Arg1, instruction.Arg2));
            }
        }

        List<RuneClass> classes = [.. program.Classes, .. ranges.Select(static r => RuneClass.Range(r.Lo, r.Hi))];
        if (program.HasAssertions)
        {
            classes.Add(RuneClass.Word);
            classes.Add(RuneClass.Range('\n', '\n'));
        }

        int[] starts = FindStarts(classes);
        int[] groups = new int[starts.Length];
        int next = 1;
        long work = 0;
        var renamed = new Dictionary<int, int>();
        foreach (RuneClass runes in classes)
        {
            // Splitting by a class or by its complement gives the same groups: take the one with fewer intervals.
            RuneClass smaller = Covered(starts, runes) * 2 > starts.Length ? runes.Negate() : runes;
            work += Split(starts, groups, smaller, renamed, ref next) + runes.RangeCount;
            if (work > MaxWork)
            {
                throw new Re2SyntaxException(Re2SyntaxException.Large, pattern);
            }
        }

        return new RuneClassifier(starts, groups);
    }

    /// <summary>The class of the code point at <paramref name="position"/>, which moves behind it. A byte that is not UTF-8 counts as U+FFFD.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // keeps the caller's loop over ASCII small
    public int ClassifyNext(ReadOnlySpan<byte> utf8, ref int position)
    {
        OperationStatus status = Rune.DecodeFromUtf8(utf8[position..], out Rune rune, out int length);
        position += status == OperationStatus.Done ? length : 1;
        return rune.Value < 128 ? _ascii[rune.Value] : Find(rune.Value);
    }

    private int Find(int rune)
    {
        int index = Array.BinarySearch(_starts, rune);
        return _classes[index >= 0 ? index : ~index - 1];
    }

    private static int[] FindStarts(List<RuneClass> classes)
    {
        var starts = new HashSet<int> { 0 };
        foreach (RuneClass runes in classes)
        {
            for (int i = 0; i < runes.RangeCount; i++)
            {
                starts.Add(runes[i].Lo);
                starts.Add(runes[i].Hi + 1);
            }
        }

        starts.Remove(RuneClass.MaxRune + 1);
        int[] sorted = [.. starts];
        Array.Sort(sorted);
        return sorted;
    }

    private static int Covered(int[] starts, RuneClass runes)
    {
        int count = 0;
        for (int i = 0; i < runes.RangeCount; i++)
        {
            (int lo, int hi) = runes[i];
            count += IntervalAt(starts, hi + 1) - IntervalAt(starts, lo);
        }

        return count;
    }

    private static int Split(int[] starts, int[] groups, RuneClass runes, Dictionary<int, int> renamed, ref int next)
    {
        renamed.Clear();
        int work = 0;
        for (int r = 0; r < runes.RangeCount; r++)
        {
            int end = IntervalAt(starts, runes[r].Hi + 1);
            for (int i = IntervalAt(starts, runes[r].Lo); i < end; i++)
            {
                if (!renamed.TryGetValue(groups[i], out int name))
                {
                    renamed.Add(groups[i], name = next++);
                }

                groups[i] = name;
                work++;
            }
        }

        return work;
    }

    private static int IntervalAt(int[] starts, int rune)
    {
        int index = Array.BinarySearch(starts, rune);
        return index >= 0 ? index : ~index;
    }
}
