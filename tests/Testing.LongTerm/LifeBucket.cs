using Microsoft.Extensions.Time.Testing;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.Testing.Buckets;

namespace RemoteStore.Testing.LongTerm;

/// <summary>The bucket of a life, with something that goes wrong at some requests.</summary>
public sealed class LifeBucket
{
    private LifeBucket(IBucket bucket, MarkWatch watch, IBucket truth, Func<int> requests, Func<int> struck, Action stop)
    {
        Bucket = bucket;
        Watch = watch;
        Truth = truth;
        CountRequests = requests;
        CountStruck = struck;
        Stop = stop;
    }

    /// <summary>What the store uses.</summary>
    public IBucket Bucket { get; }

    /// <summary>Looks at what is marked.</summary>
    public MarkWatch Watch { get; }

    /// <summary>The same bucket without faults.</summary>
    public IBucket Truth { get; }

    /// <summary>Requests so far.</summary>
    public Func<int> CountRequests { get; }

    /// <summary>Requests so far that something went wrong with.</summary>
    public Func<int> CountStruck { get; }

    /// <summary>From now on all is well.</summary>
    public Action Stop { get; }

    /// <summary>True when something may be damaged that a fault has left behind, so that faults show at other requests, too.</summary>
    public bool LeavesDamage { get; init; }

    /// <summary>True when faults are single and requests are tried again, so that nothing may show of them.</summary>
    public bool HidesFaults { get; init; }

    /// <summary>Faults in front of a bucket of any kind.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="first">With which request, from 1; 0 = with none.</param>
    /// <param name="count">With how many from there on.</param>
    /// <param name="attempts">How often requests are tried.</param>
    public static LifeBucket Over(IBucket bucket, Fault fault, int first, int count, int attempts)
    {
        int requests = 0;
        int struck = 0;
        bool stopped = false;
        var time = new FakeTimeProvider(); // of time limits alone: it passes when a request hangs
        var options = new RetryOptions { MaxAttempts = attempts, FirstPause = TimeSpan.Zero, LongestPause = TimeSpan.Zero };
        var watch = new MarkWatch(new FaultyBucket(bucket, _ => Next()), bucket);
        return new LifeBucket(
            new RetryingBucket(watch, options, time, new Random(1)), watch, bucket, () => Volatile.Read(ref requests), () => Volatile.Read(ref struck),
            () => Volatile.Write(ref stopped, true))
        {
            LeavesDamage = fault == Fault.Torn,
            HidesFaults = attempts > 1 && count < attempts && fault != Fault.Permanent,
        };

        Fault Next()
        {
            int number = Interlocked.Increment(ref requests);
            if (Volatile.Read(ref stopped) || fault == Fault.None || first == 0 || number < first || number >= first + count)
            {
                return Fault.None;
            }

            _ = Interlocked.Increment(ref struck);
            if (fault == Fault.Hang)
            {
                _ = Task.Run(() => time.Advance(TimeSpan.FromDays(1)));
            }

            return fault;
        }
    }

    /// <summary>A bucket whose faults are made on the way to its server.</summary>
    /// <param name="bucket">The bucket as the store reaches it; each operation is tried once.</param>
    /// <param name="truth">The same, reached without faults.</param>
    /// <param name="requests">Requests so far.</param>
    /// <param name="struck">Requests so far that something went wrong with.</param>
    /// <param name="stop">Ends the faults.</param>
    public static LifeBucket OnTheWay(IBucket bucket, IBucket truth, Func<int> requests, Func<int> struck, Action stop)
    {
        var watch = new MarkWatch(bucket, truth);
        return new LifeBucket(watch, watch, truth, requests, struck, stop);
    }
}
