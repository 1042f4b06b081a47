using System.Diagnostics;

namespace RemoteStore.Benchmarks.Chunks;

/// <summary>Times several loops in turn, so that what disturbs the machine disturbs all of them; answers medians.</summary>
internal sealed class Rounds
{
    private readonly List<(string Name, long Values, Action Body, List<double> Rates)> _entries = [];

    /// <summary>Adds a loop over <paramref name="values"/> values.</summary>
    public void Add(string name, long values, Action body) => _entries.Add((name, values, body, []));

    /// <summary>Runs all; values per second by name, the median of the rounds.</summary>
    public Dictionary<string, double> Run(int rounds, double secondsPerRound)
    {
        foreach (var entry in _entries)
        {
            // The compiler's tiers settle here.
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < 0.25;)
            {
                entry.Body();
            }
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach (var entry in _entries)
            {
                long start = Stopwatch.GetTimestamp();
                long values = 0;
                do
                {
                    entry.Body();
                    values += entry.Values;
                }
                while (Stopwatch.GetElapsedTime(start).TotalSeconds < secondsPerRound);

                entry.Rates.Add(values / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return _entries.ToDictionary(static entry => entry.Name, static entry => entry.Rates.Order().ElementAt(entry.Rates.Count / 2));
    }
}
