using System.Globalization;
using RemoteStore.Testing;
using Shouldly;

namespace RemoteStore.Integration.Tests.Workload;

/// <summary>
/// What one writer sent and what was acknowledged, step by step; a step is one request. Knows what a store may, must and must not hold of it.
/// </summary>
/// <remarks>One writer at a time adds to it; it is checked while no writer runs.</remarks>
internal sealed class WriterLedger(int writer, WorkloadOptions options, long firstTimestampMs)
{
    /// <summary>Metric whose series live through the whole run.</summary>
    public const string SampleMetric = "workload_sample";

    /// <summary>Metric whose series have one sample each.</summary>
    public const string SeriesMetric = "workload_series";

    private const int StepMs = 10;

    private readonly List<StepState> _steps = [];
    private readonly List<int> _unanswered = [];

    private enum StepState : byte
    {
        Sent,
        Acknowledged,
    }

    /// <summary>Steps that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>When the samples of a step are.</summary>
    public long TimestampMs(int step) => firstTimestampMs + ((long)step * StepMs);

    /// <summary>Takes the next step: mostly a new one, now and then one that was sent before and not acknowledged, as a sender repeats it.</summary>
    public int Next(Random random)
    {
        if (_unanswered.Count > 0 && random.Next(4) == 0)
        {
            int index = random.Next(_unanswered.Count);
            int step = _unanswered[index];
            _unanswered.RemoveAt(index);
            return step;
        }

        _steps.Add(StepState.Sent);
        return _steps.Count - 1;
    }

    /// <summary>The step's request was answered 2xx.</summary>
    public void Acknowledge(int step)
    {
        if (_steps[step] != StepState.Acknowledged)
        {
            _steps[step] = StepState.Acknowledged;
            Acknowledged++;
        }
    }

    /// <summary>The step's request was not answered, or not with 2xx.</summary>
    public void Fail(int step)
    {
        if (_steps[step] != StepState.Acknowledged)
        {
            _unanswered.Add(step);
        }
    }

    /// <summary>The step's request.</summary>
    public RemoteWriteBody Body(int step, int version)
    {
        var body = new RemoteWriteBody(version);
        for (int series = 0; series < options.SeriesPerWriter; series++)
        {
            _ = body.Add(Labels(series), (TimestampMs(step), SampleValues.Bits(writer, series, step)));
        }

        return options.NewSeries ? body.Add(NewLabels(step), (TimestampMs(step), SampleValues.Bits(writer, -1, step))) : body;
    }

    /// <summary>Key of a long-lived series in a <see cref="RemoteReadResult"/>.</summary>
    public string Key(int series) => RemoteReadResult.Key(Labels(series));

    /// <summary>Reads everything of this writer and compares.</summary>
    /// <returns>Acknowledged samples that the store does not have. Samples that were never sent, altered ones and duplicates are failures at once.</returns>
    public async Task<long> CountMissingAsync(StoreClient client, CancellationToken cancellationToken)
    {
        RemoteReadResult all = await client.ReadAsync(
            0, TimestampMs(_steps.Count), cancellationToken, null, ("writer", "=", Number(writer)));
        long missing = 0;
        for (int series = 0; series < options.SeriesPerWriter; series++)
        {
            missing += CountMissing(series, all.Series.GetValueOrDefault(Key(series), []));
        }

        for (int step = 0; options.NewSeries && step < _steps.Count; step++)
        {
            (long TimestampMs, long Bits)[] expected = [(TimestampMs(step), SampleValues.Bits(writer, -1, step))];
            bool found = all.Series.TryGetValue(RemoteReadResult.Key(NewLabels(step)), out List<(long TimestampMs, long Bits)>? samples);
            if (found)
            {
                samples.ShouldBe(expected);
            }
            else if (_steps[step] == StepState.Acknowledged)
            {
                missing++;
            }
        }

        int possible = options.SeriesPerWriter + (options.NewSeries ? _steps.Count : 0);
        all.Series.Count.ShouldBeLessThanOrEqualTo(possible, "there are series that were never sent");
        return missing;
    }

    private long CountMissing(int series, List<(long TimestampMs, long Bits)> samples)
    {
        long found = 0;
        long previous = long.MinValue;
        foreach ((long timestampMs, long bits) in samples)
        {
            timestampMs.ShouldBeGreaterThan(previous, $"{Key(series)} has a timestamp twice or out of order");
            previous = timestampMs;
            (long step, long rest) = Math.DivRem(timestampMs - firstTimestampMs, StepMs);
            (rest == 0 && step >= 0 && step < _steps.Count).ShouldBeTrue($"{Key(series)} has a sample at {timestampMs} that was never sent");
            long expected = SampleValues.Bits(writer, series, (int)step);
            if (bits != expected)
            {
                throw new ShouldAssertException($"{Key(series)} step {step} holds {bits:x16} instead of {expected:x16}");
            }

            found += _steps[(int)step] == StepState.Acknowledged ? 1 : 0;
        }

        return Acknowledged - found;
    }

    private (string Name, string Value)[] Labels(int series) =>
        [("__name__", SampleMetric), ("series", Number(series)), ("writer", Number(writer))];

    private (string Name, string Value)[] NewLabels(int step) =>
        [("__name__", SeriesMetric), ("id", $"{writer}-{step}"), ("writer", Number(writer))];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
