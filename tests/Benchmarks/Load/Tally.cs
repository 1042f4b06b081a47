using System.Diagnostics;

namespace RemoteStore.Benchmarks.Load;

/// <summary>What came of a connection's requests, or of all of them together. Not safe for concurrent use.</summary>
internal sealed class Tally
{
    private readonly List<long> _latencyTicks = new(1 << 16);

    /// <summary>Wall time.</summary>
    public double Seconds { get; init; }

    /// <summary>Samples of requests answered 2xx.</summary>
    public long Accepted { get; private set; }

    /// <summary>Bytes sent, headers included.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Requests by status code; 0 is a failed connection.</summary>
    public SortedDictionary<int, long> Statuses { get; } = [];

    /// <summary>First text per status that is not 2xx.</summary>
    public SortedDictionary<int, string> Errors { get; } = [];

    public void Answered(int status, string text, int samples, int bytes, long ticks)
    {
        Statuses[status] = Statuses.GetValueOrDefault(status) + 1;
        BytesSent += bytes;
        if (status is >= 200 and < 300)
        {
            Accepted += samples;
            _latencyTicks.Add(ticks);
        }
        else
        {
            _ = Errors.TryAdd(status, text);
        }
    }

    public void Add(Tally other)
    {
        Accepted += other.Accepted;
        BytesSent += other.BytesSent;
        _latencyTicks.AddRange(other._latencyTicks);
        foreach ((int status, long count) in other.Statuses)
        {
            Statuses[status] = Statuses.GetValueOrDefault(status) + count;
        }

        foreach ((int status, string text) in other.Errors)
        {
            _ = Errors.TryAdd(status, text);
        }
    }

    /// <summary>Latencies in milliseconds at the given quantiles (1 = the longest) of accepted requests; zeros when there were none.</summary>
    public double[] LatencyMs(params ReadOnlySpan<double> quantiles)
    {
        _latencyTicks.Sort();
        double[] result = new double[quantiles.Length];
        for (int i = 0; i < quantiles.Length && _latencyTicks.Count > 0; i++)
        {
            int index = Math.Min(_latencyTicks.Count - 1, (int)(quantiles[i] * _latencyTicks.Count));
            result[i] = _latencyTicks[index] * 1000.0 / Stopwatch.Frequency;
        }

        return result;
    }
}
