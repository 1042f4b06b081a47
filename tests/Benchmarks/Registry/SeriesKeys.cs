using RemoteStore.Model.Labels;

namespace RemoteStore.Benchmarks.Registry;

/// <summary>
/// Canonical labels of many series end to end in one array, as they lie in requests: ten labels, near 180 bytes, 500 metrics of each target; instance
/// and pod have a value per target, and path one per ten series of the target.
/// </summary>
internal sealed class SeriesKeys
{
    private const int SeriesOfTarget = 500;
    private readonly byte[] _bytes;
    private readonly int[] _ends;

    private SeriesKeys(byte[] bytes, int[] ends)
    {
        _bytes = bytes;
        _ends = ends;
    }

    /// <summary>Number of series.</summary>
    public int Count => _ends.Length;

    /// <summary>Mean length in bytes.</summary>
    public double AverageLength => (double)_ends[^1] / Count;

    /// <summary>Labels of one series.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : _ends[index - 1];
            return _bytes.AsSpan(start, _ends[index] - start);
        }
    }

    /// <summary>Makes the first <paramref name="count"/> series, in the order in which targets are scraped.</summary>
    public static SeriesKeys Create(int count)
    {
        byte[] bytes = new byte[count * 256L];
        int[] ends = new int[count];
        int used = 0;
        for (int i = 0; i < count; i++)
        {
            int target = i / SeriesOfTarget;
            int metric = i % SeriesOfTarget;
            LabelSet labels = LabelSet.From(
                "__name__", $"metric_seconds_{metric / 10}",
                "cluster", "eu-1",
                "container", "api",
                "instance", $"10.{target >> 16 & 255}.{target >> 8 & 255}.{target & 255}:9100",
                "job", $"job-{target % 20}",
                "le", $"{metric % 10 * 0.25:0.##}",
                "ns", $"team-{target % 50}",
                "path", $"/v1/{(target * 50) + (metric / 10):x6}",
                "pod", $"api-{target:x8}",
                "zone", "b");
            labels.Bytes.Span.CopyTo(bytes.AsSpan(used));
            used += labels.Bytes.Length;
            ends[i] = used;
        }

        return new SeriesKeys(bytes, ends);
    }

    /// <summary>The same series in another order, so that reading the request itself stays sequential.</summary>
    public SeriesKeys Gather(int[] order)
    {
        byte[] bytes = new byte[_ends[^1]];
        int[] ends = new int[order.Length];
        int used = 0;
        for (int i = 0; i < order.Length; i++)
        {
            ReadOnlySpan<byte> key = this[order[i]];
            key.CopyTo(bytes.AsSpan(used));
            used += key.Length;
            ends[i] = used;
        }

        return new SeriesKeys(bytes, ends);
    }
}
