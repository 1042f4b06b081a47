using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using RemoteStore.Testing;
using Shouldly;

namespace RemoteStore.Integration.Tests.Workload;

/// <summary>
/// Concurrent writers that send as fast as they are answered and remember each acknowledgement, over any number of lives of a server; and the check that
/// nothing acknowledged is missing, altered or there twice.
/// </summary>
internal sealed class AcknowledgedWorkload
{
    private readonly WorkloadOptions _options;
    private readonly WriterLedger[] _ledgers;
    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private int _seed;

    public AcknowledgedWorkload(WorkloadOptions options, TimeProvider time, int seed = 1)
    {
        _options = options;
        _seed = seed;
        long firstTimestampMs = (time.GetUtcNow() - TimeSpan.FromMinutes(90)).ToUnixTimeMilliseconds();
        _ledgers = [.. Enumerable.Range(0, options.Writers).Select(w => new WriterLedger(w, options, firstTimestampMs))];
    }

    /// <summary>Requests acknowledged so far.</summary>
    public int Acknowledged => _ledgers.Sum(l => l.Acknowledged);

    /// <summary>Samples acknowledged so far.</summary>
    public long AcknowledgedSamples => (long)Acknowledged * (_options.SeriesPerWriter + (_options.NewSeries ? 1 : 0));

    /// <summary>Answers so far, by status.</summary>
    public IReadOnlyDictionary<HttpStatusCode, int> Answers => _answers;

    /// <summary>Writes until told to stop or until the server is gone.</summary>
    public async Task RunAsync(ServerProcess server, CancellationToken stop)
    {
        await Task.WhenAll(_ledgers.Select((ledger, writer) => Task.Run(() => WriteAsync(ledger, writer, server, new Random(++_seed), stop), CancellationToken.None)));
        _faults.ShouldBeEmpty();
    }

    /// <summary>Writes until a condition holds; the server must live all the while.</summary>
    /// <exception cref="TimeoutException">It does not hold in time.</exception>
    public async Task RunUntilAsync(ServerProcess server, string what, Func<bool> condition, TimeSpan within)
    {
        using var stop = new CancellationTokenSource();
        Task load = RunAsync(server, stop.Token);
        long started = Stopwatch.GetTimestamp();
        while (!condition() && !load.IsCompleted && Stopwatch.GetElapsedTime(started) < within)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }

        await stop.CancelAsync();
        await load;
        if (!condition())
        {
            throw new TimeoutException($"{what}: not within {within}; answers {string.Join(", ", _answers)}; server runs: {server.IsRunning}\n{server.Log}");
        }
    }

    /// <summary>Checks that the store holds every acknowledged sample with its bits, and nothing that was never sent.</summary>
    public async Task VerifyAsync(StoreClient client, CancellationToken cancellationToken) =>
        (await CountMissingAsync(client, cancellationToken)).ShouldBe(0, $"acknowledged samples are missing; {AcknowledgedSamples} were acknowledged");

    /// <summary>Acknowledged samples that the store does not hold; anything altered or never sent fails at once.</summary>
    public async Task<long> CountMissingAsync(StoreClient client, CancellationToken cancellationToken)
    {
        long missing = 0;
        foreach (WriterLedger ledger in _ledgers)
        {
            missing += await ledger.CountMissingAsync(client, cancellationToken);
        }

        return missing;
    }

    private async Task WriteAsync(WriterLedger ledger, int writer, ServerProcess server, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            int step = ledger.Next(random);
            try
            {
                (HttpStatusCode status, string text) = await server.Client.WriteAsync(ledger.Body(step, 1 + (writer % 2)), CancellationToken.None);
                _ = _answers.AddOrUpdate(status, 1, static (_, count) => count + 1);
                if ((int)status is >= 200 and < 300)
                {
                    ledger.Acknowledge(step);
                    await ReadBackAsync(ledger, step, server, random);
                    continue;
                }

                ledger.Fail(step);
                if (status != HttpStatusCode.ServiceUnavailable)
                {
                    _faults.Enqueue($"step {step} of writer {writer} was answered {(int)status}: {text}");
                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
            catch (HttpRequestException) when (!server.IsRunning || stop.IsCancellationRequested)
            {
                ledger.Fail(step);
                return;
            }
            catch (HttpRequestException e)
            {
                // The process is being killed or drains: it is not gone yet.
                ledger.Fail(step);
                if (e.HttpRequestError == HttpRequestError.ConnectionError)
                {
                    return;
                }
            }
        }
    }

    /// <summary>What is acknowledged is visible to the next query.</summary>
    private async Task ReadBackAsync(WriterLedger ledger, int step, ServerProcess server, Random random)
    {
        if (_options.ReadBackEvery == 0 || random.Next(_options.ReadBackEvery) != 0)
        {
            return;
        }

        int series = random.Next(_options.SeriesPerWriter);
        int writer = Array.IndexOf(_ledgers, ledger);
        long timestampMs = ledger.TimestampMs(step);
        try
        {
            RemoteReadResult result = await server.Client.ReadAsync(
                timestampMs,
                timestampMs,
                CancellationToken.None,
                null,
                ("__name__", "=", WriterLedger.SampleMetric),
                ("writer", "=", $"{writer}"),
                ("series", "=~", $"{series}|none"));
            (long, long)[] expected = [(timestampMs, SampleValues.Bits(writer, series, step))];
            if (!result.Series.GetValueOrDefault(ledger.Key(series), []).SequenceEqual(expected))
            {
                _faults.Enqueue($"{ledger.Key(series)} step {step} was acknowledged and is not visible");
            }
        }
        catch (HttpRequestException e) when (e.StatusCode is null or HttpStatusCode.ServiceUnavailable)
        {
            // Killed while answering, or shutting down.
        }
    }
}
