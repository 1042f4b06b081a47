using System.Diagnostics;

namespace RemoteStore.Benchmarks.Load;

/// <summary>
/// Sends rounds of requests over several connections. Requests are numbered through; a request's body is locked while it is under way, and a connection
/// that comes to it a round later waits, so that every series arrives in order.
/// </summary>
internal sealed class LoadRun : IDisposable
{
    private readonly LoadOptions _options;
    private readonly RequestBody[] _bodies;
    private readonly VirtualClock _clock;
    private readonly HttpConnection[] _connections;
    private readonly ManualResetEventSlim _never = new();
    private readonly int _churnRounds;
    private long _nextTicket;
    private long _nextTarget;

    public LoadRun(LoadOptions options, RequestBody[] bodies, VirtualClock clock)
    {
        _options = options;
        _bodies = bodies;
        _clock = clock;
        // More connections than half the bodies would only wait for each other.
        int connections = Math.Clamp(options.Connections, 1, Math.Max(1, bodies.Length / 2));
        _connections = [.. Enumerable.Range(0, connections).Select(_ => new HttpConnection(options.Url))];
        _churnRounds = (int)Math.Max(1, options.ChurnEvery.TotalMilliseconds / VirtualClock.ScrapeIntervalMs);
        _nextTarget = (options.Series / TargetTemplate.SeriesCount) + 1;
    }

    /// <summary>Rounds still within the clock's span.</summary>
    public int RoundsLeft => _clock.Rounds - (int)((_nextTicket + _bodies.Length - 1) / _bodies.Length);

    /// <summary>Sends whole rounds until their number or the time is over.</summary>
    public Tally Send(int rounds, TimeSpan duration, int samplesPerSecond)
    {
        long first = _nextTicket;
        long end = first + ((long)Math.Min(rounds, RoundsLeft) * _bodies.Length);
        long started = Stopwatch.GetTimestamp();
        var schedule = new Schedule(first, started, samplesPerSecond == 0 ? 0 : (double)_options.Batch / samplesPerSecond);
        var tallies = new Tally[_connections.Length];
        var threads = new Thread[_connections.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            int connection = i;
            tallies[i] = new Tally();
            threads[i] = new Thread(() => Work(_connections[connection], tallies[connection], end, duration, schedule)) { IsBackground = true };
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        _nextTicket = Math.Min(_nextTicket, end);
        var total = new Tally { Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds };
        foreach (Tally tally in tallies)
        {
            total.Add(tally);
        }

        return total;
    }

    public void Dispose()
    {
        foreach (HttpConnection connection in _connections)
        {
            connection.Dispose();
        }

        _never.Dispose();
    }

    private void Work(HttpConnection connection, Tally tally, long end, TimeSpan duration, Schedule schedule)
    {
        while (Stopwatch.GetElapsedTime(schedule.Started) < duration)
        {
            long ticket = Interlocked.Increment(ref _nextTicket) - 1;
            if (ticket >= end)
            {
                return;
            }

            long due = schedule.Due(ticket);
            long wait = (due - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency;
            if (wait > 0)
            {
                _ = _never.Wait((int)wait);
                due = 0;
            }

            int round = (int)(ticket / _bodies.Length);
            int index = (int)(ticket % _bodies.Length);
            RequestBody body = _bodies[index];
            lock (body)
            {
                Prepare(body, index, round, connection, tally);
                SendOne(body, connection, tally, due);
            }
        }
    }

    private void Prepare(RequestBody body, int index, int round, HttpConnection connection, Tally tally)
    {
        long roundStartMs = _clock.RoundStartMs(round);
        if (_options.Mode == LoadMode.NewSeries)
        {
            body.Replace(Interlocked.Add(ref _nextTarget, 1 + (_options.Batch / TargetTemplate.SeriesCount)));
        }
        else if (_options.Mode == LoadMode.Churn && IsReplaced(index, round))
        {
            body.End(roundStartMs - VirtualClock.ScrapeIntervalMs + 14_900, round);
            SendOne(body, connection, tally, due: 0);
            body.Replace(Interlocked.Add(ref _nextTarget, 1 + (_options.Batch / TargetTemplate.SeriesCount)));
        }

        body.Advance(roundStartMs, round);
    }

    private bool IsReplaced(int index, int round)
    {
        if (round == 0 || round % _churnRounds != 0)
        {
            return false;
        }

        int perTime = Math.Max(1, _options.ChurnSeries / _options.Batch);
        int first = (int)((long)round / _churnRounds * perTime % _bodies.Length);
        return (index - first + _bodies.Length) % _bodies.Length < perTime;
    }

    private static void SendOne(RequestBody body, HttpConnection connection, Tally tally, long due)
    {
        long sent = due == 0 ? Stopwatch.GetTimestamp() : due;
        (int status, string text) = connection.Send(body.Request);
        tally.Answered(status, text, body.Samples, body.Request.Length, Stopwatch.GetTimestamp() - sent);
    }

    /// <summary>When each request is due; with no rate they are due at once.</summary>
    private readonly record struct Schedule(long First, long Started, double SecondsPerRequest)
    {
        public long Due(long ticket) => SecondsPerRequest == 0 ? 0 : Started + (long)((ticket - First) * SecondsPerRequest * Stopwatch.Frequency);
    }
}
