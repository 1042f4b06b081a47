using RemoteStore.Histories.Tests.Model;
using RemoteStore.Histories.Tests.Store;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;
using RemoteStore.Testing;

namespace RemoteStore.Histories.Tests.Steps;

/// <summary>Writes to the store, checks what it took and refused, and tells the model.</summary>
internal sealed class Writer(StoreUnderTest store, Checker checker)
{
    private static readonly long s_windowMs = (long)StoreUnderTest.Window.TotalMilliseconds;
    private static readonly long s_futureMs = (long)StoreUnderTest.MaxFuture.TotalMilliseconds;

    /// <summary>Some samples after the newest of each series; every one must be taken.</summary>
    public Task WriteInOrderAsync(TenantModel tenant, int[] series, Random random) => WriteNewAsync(tenant, series, random, Values.Float);

    /// <summary>The same with histograms.</summary>
    public Task WriteHistogramsAsync(TenantModel tenant, int[] series, Random random) => WriteNewAsync(tenant, series, random, Values.Histogram);

    /// <summary>Samples behind the newest of their series, within the window, where none is yet.</summary>
    public async Task WriteLateAsync(TenantModel tenant, Random random)
    {
        if (Pick(tenant, random) is not { } series)
        {
            return;
        }

        for (int i = random.Next(1, 4); i > 0; i--)
        {
            long t = series.NewestMs - random.NextInt64(1, s_windowMs + 1);
            if (t >= store.FloorMs && !series.Samples.ContainsKey(t))
            {
                await WriteOneAsync(tenant, series, t, Any(random, series, t), [AppendStatus.Ok]);
            }
        }
    }

    /// <summary>A sample too far behind the newest of its series. A store that does not know the newest any more takes it.</summary>
    public async Task WriteBeyondWindowAsync(TenantModel tenant, Random random)
    {
        if (Pick(tenant, random) is { } series)
        {
            long t = series.NewestMs - s_windowMs - random.NextInt64(1, 2 * s_windowMs);
            await WriteOneAsync(tenant, series, t, Any(random, series, t), [AppendStatus.Ok, AppendStatus.OutOfOrder, AppendStatus.DuplicateTimestamp]);
        }
    }

    /// <summary>A sample that is there already.</summary>
    public async Task WriteDuplicateAsync(TenantModel tenant, Random random)
    {
        if (Pick(tenant, random) is { Samples.Count: > 0 } series)
        {
            (long t, Sample sample) = series.Samples.ElementAt(series.Samples.Count - 1 - random.Next(Math.Min(8, series.Samples.Count)));
            await WriteOneAsync(tenant, series, t, sample, [AppendStatus.Ok, AppendStatus.OutOfOrder, AppendStatus.DuplicateTimestamp]);
        }
    }

    /// <summary>Another value at a time that has one. It may be refused as a duplicate; if not, the rule says which of the two stays.</summary>
    public async Task WriteConflictAsync(TenantModel tenant, Random random)
    {
        if (Pick(tenant, random) is { Samples.Count: > 0 } series)
        {
            long t = series.Samples.Keys.ElementAt(series.Samples.Count - 1 - random.Next(Math.Min(20, series.Samples.Count)));
            await WriteOneAsync(tenant, series, t, Any(random, series, t), [AppendStatus.Ok, AppendStatus.OutOfOrder, AppendStatus.DuplicateTimestamp]);
        }
    }

    /// <summary>A sample that lies too far in the future, or behind the retention.</summary>
    public async Task WriteOutsideAsync(TenantModel tenant, int number, Random random)
    {
        bool future = store.FloorMs == long.MinValue || random.Next(2) == 0;
        long t = future ? store.NowMs + s_futureMs + random.Next(1, 100_000) : store.FloorMs - random.Next(1, 100_000);
        SeriesModel series = tenant.GetOrAdd(number);
        await WriteOneAsync(tenant, series, t, Any(random, series, t), [future ? AppendStatus.TooFarInFuture : AppendStatus.TooOld]);
    }

    private static Sample Any(Random random, SeriesModel series, long t) =>
        random.Next(4) == 0 ? Values.Histogram(random, series.Number, t) : Values.Float(random, series.Number, t);

    private static SeriesModel? Pick(TenantModel tenant, Random random)
    {
        SeriesModel[] written = [.. tenant.Series.Where(static s => s.NewestMs != long.MinValue)];
        return written.Length == 0 ? null : written[random.Next(written.Length)];
    }

    private static void Add(BatchBuilder batch, SeriesModel series, long t, Sample sample)
    {
        if (sample.Histogram is { } payload)
        {
            batch.AddHistogram(series.Labels, t, Convert.FromHexString(payload), sample.StartMs);
        }
        else
        {
            batch.AddBits(series.Labels, t, sample.Bits, sample.StartMs);
        }
    }

    private async Task WriteNewAsync(TenantModel tenant, int[] numbers, Random random, Func<Random, int, long, Sample> make)
    {
        var batch = new BatchBuilder();
        var written = new List<(SeriesModel Series, long T, Sample Sample)>();
        foreach (int number in numbers)
        {
            SeriesModel series = tenant.GetOrAdd(number);
            long t = Math.Max(series.NewestMs + 1, Math.Max(store.FloorMs, store.NowMs - random.Next(60_000)));
            for (int i = random.Next(1, 12); i > 0 && t <= store.NowMs + s_futureMs; i--)
            {
                Sample sample = make(random, number, t);
                Add(batch, series, t, sample);
                written.Add((series, t, sample));
                t += random.Next(4) == 0 ? random.Next(1, 60_000) : 15_000;
            }
        }

        AppendResult result = await store.Appender.AppendAsync(tenant.Tenant, batch.Build(), CancellationToken.None);
        int mayRefuse = written.Count(w => tenant.MayRefuse(w.Series, w.T));
        if (result.SamplesWritten + result.HistogramsWritten < written.Count - mayRefuse && !checker.LossesExpected)
        {
            throw new HistoryException($"{written.Count} samples in order were written, {string.Join("; ", result.Rejects.Details)}");
        }

        if (result.Rejects.Total > 0 && result.Rejects.Total == result.Rejects.Count(AppendStatus.SeriesDeleted))
        {
            written.FindAll(w => !tenant.MayRefuse(w.Series, w.T)).ForEach(static w => w.Series.Accept(w.T, w.Sample));
            await checker.AdoptAsync(tenant, written.FindAll(w => tenant.MayRefuse(w.Series, w.T)));
        }
        else if (result.Rejects.Total == 0)
        {
            written.ForEach(static w => w.Series.Accept(w.T, w.Sample));
        }
        else
        {
            await checker.AdoptAsync(tenant, written);
        }
    }

    private async Task WriteOneAsync(TenantModel tenant, SeriesModel series, long t, Sample sample, AppendStatus[] allowed)
    {
        var batch = new BatchBuilder();
        Add(batch, series, t, sample);
        AppendResult result = await store.Appender.AppendAsync(tenant.Tenant, batch.Build(), CancellationToken.None);
        AppendStatus status = result.Rejects.Total == 0 ? AppendStatus.Ok : Enum.GetValues<AppendStatus>().First(s => result.Rejects.Count(s) > 0);
        AppendStatus[] also = t < store.FloorMs ? [AppendStatus.TooOld] : t > store.NowMs + s_futureMs ? [AppendStatus.TooFarInFuture] : allowed;
        bool legal = (also.Contains(status) || (status == AppendStatus.SeriesDeleted && tenant.MayRefuse(series, t)))
            && (status != AppendStatus.OutOfOrder || t < series.NewestMs - s_windowMs)
            && (status != AppendStatus.DuplicateTimestamp || (series.Samples.TryGetValue(t, out Sample known) && (known != sample || series.HasConflict(t))));
        if (!legal && !checker.LossesExpected)
        {
            throw new HistoryException($"sample {sample} at {t} of {series.Labels}, newest {series.NewestMs}: {status}");
        }

        if (status == AppendStatus.Ok)
        {
            series.Accept(t, sample);
        }
    }
}
