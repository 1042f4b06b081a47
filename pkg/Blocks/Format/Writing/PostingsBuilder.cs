using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>
/// Turns the pair numbers of all series, which lie in the spool in label order, into one list of runs per pair. Memory is bounded: pairs are done in groups,
/// each by one pass over the spool.
/// </summary>
internal sealed class PostingsBuilder(Spool spool, PairTable pairs)
{
    private const int GroupRefs = 2 << 20; // 8 MiB of series numbers

    private readonly int[] _counts = new int[pairs.Values.Count];
    private readonly List<(int Start, int End)>[] _withName = [.. pairs.Names.Select(static _ => new List<(int, int)>())];
    private readonly IntSpool _numbers = new(spool);
    private int _series;

    /// <summary>Adds the next series in label order: its pair numbers, ascending.</summary>
    public void Add(List<int> numbers)
    {
        foreach (int pair in numbers)
        {
            _counts[pair]++;
            List<(int Start, int End)> runs = _withName[pairs.NameOfPair[pair]];
            if (runs.Count > 0 && runs[^1].End == _series)
            {
                runs[^1] = (runs[^1].Start, _series + 1);
            }
            else
            {
                runs.Add((_series, _series + 1));
            }
        }

        _numbers.Add(~_series); // told apart from pair numbers by its sign
        _numbers.Add(numbers);
        _numbers.EndItem();
        _series++;
    }

    /// <summary>Calls back with the list of every pair, in order of numbers: (gap, run - 1) pairs as varints.</summary>
    public void Build(Action<int, ByteBuffer> emit)
    {
        _numbers.Flush();
        var list = new ByteBuffer();
        for (int first = 0; first < _counts.Length;)
        {
            int end = first;
            int refs = 0;
            while (end < _counts.Length && (end == first || refs + _counts[end] <= GroupRefs))
            {
                refs += _counts[end++];
            }

            int[] series = Gather(first, end, refs, out int[] starts);
            for (int pair = first; pair < end; pair++)
            {
                list.Clear();
                int name = pairs.NameOfPair[pair];
                if (pairs.Names[name].FirstPair == pair)
                {
                    WriteRuns(_withName[name], list);
                }
                else
                {
                    WriteSeries(series.AsSpan(starts[pair - first], _counts[pair]), list);
                }

                emit(pair, list);
            }

            first = end;
        }
    }

    private static void WriteSeries(ReadOnlySpan<int> series, ByteBuffer list)
    {
        int next = 0;
        for (int i = 0; i < series.Length;)
        {
            int end = i + 1;
            while (end < series.Length && series[end] == series[end - 1] + 1)
            {
                end++;
            }

            list.AddVarint((ulong)(series[i] - next));
            list.AddVarint((ulong)(end - i - 1));
            next = series[end - 1] + 1;
            i = end;
        }
    }

    private static void WriteRuns(List<(int Start, int End)> runs, ByteBuffer list)
    {
        int next = 0;
        foreach ((int start, int end) in runs)
        {
            list.AddVarint((ulong)(start - next));
            list.AddVarint((ulong)(end - start - 1));
            next = end;
        }
    }

    private int[] Gather(int first, int end, int refs, out int[] starts)
    {
        starts = new int[end - first];
        int[] next = new int[end - first];
        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + _counts[first + i - 1];
        }

        starts.CopyTo(next, 0);
        int[] series = GC.AllocateUninitializedArray<int>(refs);
        for (int stretch = 0; stretch < _numbers.Stretches; stretch++)
        {
            int current = 0;
            foreach (int number in _numbers.Read(stretch))
            {
                if (number < 0)
                {
                    current = ~number;
                }
                else if (number >= first && number < end)
                {
                    series[next[number - first]++] = current;
                }
            }
        }

        return series;
    }
}
