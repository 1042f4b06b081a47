using System.Globalization;
using System.Runtime.CompilerServices;

namespace RemoteStore.ObjectStore.Decorators;

/// <summary>
/// Tries operations again after faults that may pass, with pauses of random length that grow, and ends attempts that hang. The only place that does so.
/// </summary>
/// <remarks>
/// A write whose answer was lost is repeated. For <see cref="WriteMode.CreateOnly"/> the repetition then meets its own object: when size and bytes are those
/// that were to be written, it counts as written by us.
/// </remarks>
public sealed class RetryingBucket(IBucket inner, RetryOptions options, TimeProvider time, Random random, Action<string>? retried = null) : IBucket
{
    private const int CompareBytes = 1 << 20;

    /// <inheritdoc/>
    public string Description => inner.Description;

    /// <inheritdoc/>
    public bool IsCreateAtomic => inner.IsCreateAtomic;

    /// <inheritdoc/>
    public ValueTask<ObjectAttributes?> StatAsync(string key, CancellationToken cancellationToken) =>
        RetryAsync("stat", key, 0, token => inner.StatAsync(key, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        RetryAsync("read", key, destination.Length, token => inner.ReadAsync(key, offset, destination, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAllAsync(string key, int maxBytes, CancellationToken cancellationToken) =>
        RetryAsync("read", key, maxBytes, token => inner.ReadAllAsync(key, maxBytes, token), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string key, IObjectContent content, WriteMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        int attempt = 0;
        _ = await RetryAsync(
            "write",
            key,
            content.LengthBytes,
            async token =>
            {
                attempt++;
                try
                {
                    await inner.WriteAsync(key, content, mode, token).ConfigureAwait(false);
                }
                catch (ObjectExistsException) when (attempt > 1)
                {
                    if (!await IsSameAsync(key, content, token).ConfigureAwait(false))
                    {
                        throw;
                    }
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken) =>
        _ = await RetryAsync(
            "delete",
            key,
            0,
            async token =>
            {
                await inner.DeleteAsync(key, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectAttributes> ListAsync(string prefix, CancellationToken cancellationToken) =>
        ListAsync(prefix, inner.ListAsync, static one => one.Key, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
        ListAsync(prefix, inner.ListFoldersAsync, static one => one + "/", cancellationToken);

    /// <summary>Lists; after a fault lists anew and passes over what was yielded before.</summary>
    private async IAsyncEnumerable<T> ListAsync<T>(
        string prefix,
        Func<string, CancellationToken, IAsyncEnumerable<T>> list,
        Func<T, string> keyOf,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? last = null;
        int failures = 0;
        while (true)
        {
            BucketException fault;
            using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            IAsyncEnumerator<T> entries = list(prefix, linked.Token).GetAsyncEnumerator(linked.Token);
            await using (entries.ConfigureAwait(false))
            {
                bool passing = last is not null;
                while (true)
                {
                    try
                    {
                        timeout.CancelAfter(options.AttemptTimeout); // each entry has its time; what the caller does with it does not count
                        bool more = await entries.MoveNextAsync().ConfigureAwait(false);
                        timeout.CancelAfter(Timeout.InfiniteTimeSpan);
                        if (!more)
                        {
                            yield break;
                        }
                    }
                    catch (BucketException e) when (e.IsTransient)
                    {
                        fault = e;
                        break;
                    }
                    catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                    {
                        fault = TimedOut("list", prefix, options.AttemptTimeout, e);
                        break;
                    }

                    string key = keyOf(entries.Current);
                    if (passing && string.CompareOrdinal(key, last) <= 0)
                    {
                        continue;
                    }

                    last = key;
                    failures = 0;
                    yield return entries.Current;
                }
            }

            await PauseAsync("list", ++failures, fault, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<T> RetryAsync<T>(
        string operation, string key, long bytes, Func<CancellationToken, ValueTask<T>> attempt, CancellationToken cancellationToken)
    {
        TimeSpan limit = options.AttemptTimeout + TimeSpan.FromSeconds((double)bytes / options.SlowestBytesPerSecond);
        for (int failures = 1; ; failures++)
        {
            BucketException fault;
            using var timeout = new CancellationTokenSource(limit, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                return await attempt(linked.Token).ConfigureAwait(false);
            }
            catch (BucketException e) when (e.IsTransient)
            {
                fault = e;
            }
            catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                fault = TimedOut(operation, key, limit, e);
            }

            await PauseAsync(operation, failures, fault, cancellationToken).ConfigureAwait(false);
        }
    }

    private static BucketException TimedOut(string operation, string key, TimeSpan limit, Exception cause) =>
        new(operation, key, string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds} s"), isTransient: true, cause);

    /// <summary>Waits before the next attempt, or throws the fault when there is none left.</summary>
    private async ValueTask PauseAsync(string operation, int failures, BucketException fault, CancellationToken cancellationToken)
    {
        if (failures >= options.MaxAttempts)
        {
            throw new BucketException(
                fault.Operation,
                fault.Key,
                string.Create(CultureInfo.InvariantCulture, $"{fault.Message} ({failures} attempts)"),
                isTransient: true,
                fault);
        }

        retried?.Invoke(operation);
        double longest = Math.Min(options.LongestPause.TotalMilliseconds, options.FirstPause.TotalMilliseconds * Math.Pow(2, failures - 1));
        await Task.Delay(TimeSpan.FromMilliseconds(longest * random.NextDouble()), time, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsSameAsync(string key, IObjectContent content, CancellationToken cancellationToken)
    {
        if (await inner.StatAsync(key, cancellationToken).ConfigureAwait(false) is not { } found || found.SizeBytes != content.LengthBytes)
        {
            return false;
        }

        byte[] ours = new byte[(int)Math.Clamp(content.LengthBytes, 1, CompareBytes)];
        byte[] theirs = new byte[ours.Length];
        await using Stream stream = content.Open();
        for (long offset = 0; offset < content.LengthBytes;)
        {
            int count = (int)Math.Min(ours.Length, content.LengthBytes - offset);
            await stream.ReadExactlyAsync(ours.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            int read = await inner.ReadAsync(key, offset, theirs.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            if (read != count || !ours.AsSpan(0, count).SequenceEqual(theirs.AsSpan(0, count)))
            {
                return false;
            }

            offset += count;
        }

        return true;
    }
}
