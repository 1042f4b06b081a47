using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace RemoteStore.Ruler.Tests;

/// <summary>A clock that tells when somebody waits for it, so that a test does not move it before.</summary>
internal sealed class ArmedTime : FakeTimeProvider
{
    /// <summary>Longer ones are limits of something that is not expected to take so long.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();
    private TimeSpan? _putBack;

    public ArmedTime(DateTimeOffset start)
        : base(start)
    {
    }

    public long NowMs => GetUtcNow().ToUnixTimeMilliseconds();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < LongestWait)
        {
            _armed.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    /// <summary>Waits until somebody waits, and returns for how long.</summary>
    public async Task<TimeSpan> NextWaitAsync()
    {
        if (_putBack is { } known)
        {
            _putBack = null;
            return known;
        }

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _armed.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>What <see cref="NextWaitAsync"/> gave is to be given again.</summary>
    public void PutBack(TimeSpan? wait) => _putBack = wait;

    /// <summary>Waits until somebody waits, and lets that time pass.</summary>
    public async Task PassAsync() => Advance(await NextWaitAsync());
}
