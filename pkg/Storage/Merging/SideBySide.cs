using System.Runtime.ExceptionServices;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Merging;

/// <summary>Asks several views the same.</summary>
internal static class SideBySide
{
    /// <summary>
    /// The answers of all views, in their order. The first failure ends the others; it is thrown once all have returned, and what they gave is disposed.
    /// </summary>
    /// <param name="queriers">The views.</param>
    /// <param name="concurrency">How many are asked at a time; 1 = one after another, on the caller's task.</param>
    /// <param name="ask">The question.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async ValueTask<IReadOnlyList<T>> AskAsync<T>(
        IReadOnlyList<IQuerier> queriers, int concurrency, Func<IQuerier, CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        var answers = new T?[queriers.Count];
        try
        {
            if (concurrency > 1)
            {
                await AskManyAsync(queriers, answers, concurrency, ask, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                for (int i = 0; i < answers.Length; i++)
                {
                    answers[i] = await ask(queriers[i], cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            foreach (T? answer in answers)
            {
                if (answer is IAsyncDisposable unused)
                {
                    await unused.DisposeAsync().ConfigureAwait(false);
                }
            }

            throw;
        }

        return answers!;
    }

    private static async ValueTask AskManyAsync<T>(
        IReadOnlyList<IQuerier> queriers, T?[] answers, int concurrency, Func<IQuerier, CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        int next = -1;
        Exception? failure = null;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(concurrency, queriers.Count)).Select(_ => Task.Run(WorkAsync, CancellationToken.None)))
            .ConfigureAwait(false);
        if (failure is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(failure);
        }

        async Task WorkAsync()
        {
            for (int i = Interlocked.Increment(ref next); i < answers.Length && Volatile.Read(ref failure) is null; i = Interlocked.Increment(ref next))
            {
                try
                {
                    answers[i] = await ask(queriers[i], stop.Token).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    if (Interlocked.CompareExchange(ref failure, e, null) is null)
                    {
                        await stop.CancelAsync().ConfigureAwait(false);
                    }
                }
            }
        }
    }
}
