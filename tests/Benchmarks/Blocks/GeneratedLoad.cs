using System.Globalization;
using System.Text;
using RemoteStore.Benchmarks.Load;
using RemoteStore.Model.Labels;

namespace RemoteStore.Benchmarks.Blocks;

/// <summary>The load generator's targets, labels and values, two hours at a time, without requests: 500 series a target, 15 s apart, 5 ms of jitter a target and scrape.</summary>
internal sealed class GeneratedLoad
{
    private const int Rounds = 480;

    private readonly LabelSet[] _labels;
    private readonly SeriesValues[] _values;
    private readonly long[][] _bits;
    private readonly long[][] _timestamps;
    private long _round;

    public GeneratedLoad(int series)
    {
        SeriesTemplate[] template = TargetTemplate.Create();
        _labels = new LabelSet[series];
        _bits = new long[series][];
        var kinds = new ValueKind[series];
        for (int i = 0; i < series; i++)
        {
            kinds[i] = template[i % template.Length].Kind;
            _labels[i] = LabelsOf(template[i % template.Length], i / template.Length);
            _bits[i] = new long[Rounds];
        }

        _values = [.. kinds.Chunk(2000).Select(static (chunk, i) => new SeriesValues(chunk, (i * 2000) + 1))];
        _timestamps = new long[(series + template.Length - 1) / template.Length][];
        for (int t = 0; t < _timestamps.Length; t++)
        {
            _timestamps[t] = new long[Rounds];
        }
    }

    public long FirstTime => _timestamps[0][0];

    public LabelSet Labels(int series) => _labels[series];

    public long[] Timestamps(int series) => _timestamps[series / TargetTemplate.SeriesCount];

    public long[] Values(int series) => _bits[series];

    /// <summary>Fills the next two hours.</summary>
    public void Next()
    {
        const long Start = 1_699_999_200_000; // a multiple of two hours
        for (int round = 0; round < Rounds; round++, _round++)
        {
            for (int t = 0; t < _timestamps.Length; t++)
            {
                int offset = (int)((uint)t * 2654435761u % 14_000) + 500;
                int jitter = (int)(((uint)((t * 31) + _round) * 2654435761u >> 16) % 11) - 5;
                _timestamps[t][round] = Start + (_round * VirtualClock.ScrapeIntervalMs) + offset + jitter;
            }

            int series = 0;
            foreach (SeriesValues values in _values)
            {
                for (int i = 0; i < values.Count; i++)
                {
                    _bits[series++][round] = BitConverter.DoubleToInt64Bits(values.Advance(i));
                }
            }
        }
    }

    private static LabelSet LabelsOf(SeriesTemplate series, int target)
    {
        byte[] pod = new byte[TargetIdentity.PodSuffixLength];
        byte[] address = new byte[TargetIdentity.AddressLength];
        TargetIdentity.WritePodSuffix(target, pod);
        TargetIdentity.WriteAddress(target, address);
        return LabelSet.FromPairs(
            TargetIdentity.SharedLabels(target).Concat(series.Labels)
                .Append(("__name__", series.Name))
                .Append(("instance", string.Create(CultureInfo.InvariantCulture, $"10.{Encoding.ASCII.GetString(address)}:8080")))
                .Append(("pod", "app-7d-" + Encoding.ASCII.GetString(pod)))
                .Select(static l => new KeyValuePair<string, string>(l.Item1, l.Item2)));
    }
}
