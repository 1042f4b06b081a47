using System.Text;

namespace RemoteStore.PromQL.Execution;

/// <summary>Distinct label names in ordinal order, as in <c>by (…)</c> or <c>on (…)</c>.</summary>
internal sealed class LabelNameList
{
    private readonly byte[][] _names;

    public LabelNameList(IEnumerable<string> names)
        : this([.. names.Select(static name => Encoding.UTF8.GetBytes(name))])
    {
    }

    private LabelNameList(List<byte[]> names)
    {
        names.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        int kept = 0;
        for (int i = 0; i < names.Count; i++)
        {
            if (kept == 0 || !names[kept - 1].AsSpan().SequenceEqual(names[i]))
            {
                names[kept++] = names[i];
            }
        }

        _names = [.. names.Take(kept)];
    }

    /// <summary>What names a metric: dropped by whatever changes its meaning.</summary>
    public static LabelNameList Metadata { get; } = new(["__name__", "__type__", "__unit__"]);

    /// <summary>Number of names.</summary>
    public int Count => _names.Length;

    /// <summary>A name, UTF-8.</summary>
    public ReadOnlySpan<byte> this[int index] => _names[index];

    /// <summary>These names and some more.</summary>
    public LabelNameList With(params ReadOnlySpan<string> more)
    {
        List<byte[]> names = [.. _names];
        foreach (string name in more)
        {
            names.Add(Encoding.UTF8.GetBytes(name));
        }

        return new LabelNameList(names);
    }

    /// <summary>
    /// True when the name is in the list. Names are asked for in ascending order; <paramref name="next"/> starts at 0 and moves along, so that a label
    /// set is walked once.
    /// </summary>
    public bool Contains(ReadOnlySpan<byte> name, ref int next)
    {
        while (next < _names.Length)
        {
            int order = _names[next].AsSpan().SequenceCompareTo(name);
            if (order >= 0)
            {
                return order == 0;
            }

            next++;
        }

        return false;
    }
}
