using RemoteStore.Blocks.Parts;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Label pairs of consecutive series, decoded. Immutable.</summary>
internal sealed class SeriesFrame
{
    private readonly int[] _pairs;
    private readonly int[] _starts;

    private SeriesFrame(int firstSeries, int[] pairs, int[] starts)
    {
        FirstSeries = firstSeries;
        _pairs = pairs;
        _starts = starts;
    }

    /// <summary>Number of the first series.</summary>
    public int FirstSeries { get; }

    /// <summary>Bytes in memory.</summary>
    public long SizeBytes => 4L * (_pairs.Length + _starts.Length) + 80;

    /// <summary>Pair numbers of a series, ascending.</summary>
    public ReadOnlySpan<int> Pairs(int series) => _pairs.AsSpan(_starts[series - FirstSeries].._starts[series - FirstSeries + 1]);

    /// <summary>Pair numbers of all its series.</summary>
    public ReadOnlySpan<int> AllPairs => _pairs;

    /// <exception cref="InvalidDataException">The bytes are not such a frame.</exception>
    public static SeriesFrame Parse(ReadOnlySpan<byte> bytes, int firstSeries, int count, int pairCount)
    {
        var cursor = new SectionCursor(bytes);
        int[] prefix = new int[count];
        int[] suffix = new int[count];
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++)
        {
            prefix[i] = cursor.ReadCount(BlockFormat.MaxPairsPerSeries);
        }

        for (int i = 0; i < count; i++)
        {
            suffix[i] = cursor.ReadCount(BlockFormat.MaxPairsPerSeries);
            int length = prefix[i] + suffix[i] + cursor.ReadCount(BlockFormat.MaxPairsPerSeries);
            int before = i == 0 ? 0 : starts[i] - starts[i - 1];
            if (length is 0 or > BlockFormat.MaxPairsPerSeries || prefix[i] + suffix[i] > before)
            {
                Malformed.Throw("the labels of a series do not fit its neighbour's");
            }

            starts[i + 1] = starts[i] + length;
        }

        int[] pairs = new int[starts[count]];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<int> previous = i == 0 ? [] : pairs.AsSpan(starts[i - 1]..starts[i]);
            Span<int> own = pairs.AsSpan(starts[i]..starts[i + 1]);
            previous[..prefix[i]].CopyTo(own);
            previous[^suffix[i]..].CopyTo(own[^suffix[i]..]);
            for (int j = prefix[i]; j < own.Length - suffix[i]; j++)
            {
                long pair = cursor.ReadSigned() + (j < previous.Length ? previous[j] : 0);
                own[j] = (ulong)pair < (ulong)pairCount ? (int)pair : -1;
            }

            for (int j = 0; j < own.Length; j++)
            {
                if (own[j] < 0 || (j > 0 && own[j] <= own[j - 1]))
                {
                    Malformed.Throw("the labels of a series are not in order");
                }
            }
        }

        cursor.Finish();
        return new SeriesFrame(firstSeries, pairs, starts);
    }
}
