using System.Globalization;

namespace RemoteStore.Distributor;

/// <summary>
/// How long a sender should wait before it sends again: a base that doubles with each attempt it says it made, up to a maximum, with jitter of half the
/// wait to either side so that senders who failed together do not return together.
/// </summary>
internal sealed class RetryAfter(TimeSpan baseWait, TimeSpan maxWait, Random random)
{
    private readonly Lock _lock = new(); // guards the random source

    /// <summary>Whole seconds to wait, at least 1.</summary>
    /// <param name="retryAttempt">The sender's <c>Retry-Attempt</c> header, null or unusable for a first attempt.</param>
    public int Seconds(string? retryAttempt)
    {
        if (!int.TryParse(retryAttempt, NumberStyles.None, CultureInfo.InvariantCulture, out int attempt) || attempt < 1)
        {
            attempt = 1;
        }

        double wait = Math.Min(maxWait.TotalSeconds, baseWait.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 30)));
        double jitter;
        lock (_lock)
        {
            jitter = random.NextDouble() - 0.5;
        }

        return Math.Max(1, (int)Math.Round(wait + (wait * jitter)));
    }
}
