using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Benchmarks.Load;
using RemoteStore.Model;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Appending;
using RemoteStore.Telemetry;
using RemoteStore.Tsdb;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Wal;
using RemoteStore.Wire;
using RemoteStore.Wire.RemoteWrite;

namespace RemoteStore.Benchmarks.Stages;

/// <summary>Nanoseconds per sample of each stage of an ingest, in CPU time of the process, one after another, without HTTP: which stage leaves its budget first.</summary>
internal static class StageCosts
{
    public static int Run(ReadOnlySpan<string> args)
    {
        int series = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
        int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 30;
        string directory = Path.Combine(Path.GetTempPath(), "remotestore-stages-" + Guid.NewGuid().ToString("N"));
        try
        {
            RunAsync(directory, series, rounds).GetAwaiter().GetResult();
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task RunAsync(string directory, int series, int rounds)
    {
        TimeProvider time = TimeProvider.System;
        var options = new TsdbOptions { DataDirectory = directory, BackgroundMerges = false, FlushRows = 64 << 20, FlushInterval = TimeSpan.FromHours(1) };
        var store = new TimeSeriesDatabase(
            options, LocalFileSystem.Instance, Failpoints.None, new TsdbMetrics(new MetricsRegistry()), NullLogger<TimeSeriesDatabase>.Instance, time);
        await store.StartAsync(CancellationToken.None).ConfigureAwait(false);
        RequestBody[] bodies = new RequestBodyBuilder(new LoadOptions { Url = new Uri("http://127.0.0.1/"), Series = series }).BuildRound();
        long start = time.GetUtcNow().ToUnixTimeMilliseconds() - (rounds * 15_000L) - 60_000;
        var batch = new WriteBatch();
        var costs = new Costs();
        for (int round = 0; round < rounds; round++)
        {
            Costs now = round < 3 ? new Costs() : costs; // the first rounds create series and warm the code
            long began = Now();
            await RoundAsync(store, bodies, batch, start + (round * 15_000L), round, now).ConfigureAwait(false);
            now.Total += Now() - began;
            if (round == 0)
            {
                Console.WriteLine($"new series: {Costs.Nanoseconds(Now() - began, series):F0} ns each, everything included");
            }

            if (now.Unflushed >= 1 << 20 || round == rounds - 1)
            {
                long flushed = Now();
                long rows = await store.State!.Maintenance.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                now.Flush += Now() - flushed;
                now.FlushedRows += rows;
                now.Unflushed = 0;
            }
        }

        long merging = Now();
        await store.State!.Maintenance.MergeAllAsync(CancellationToken.None).ConfigureAwait(false);
        long merged = Now() - merging;
        long partRows = store.State.Catalog.Parts.Sum(static p => p.Info.Rows);
        long partBytes = store.State.Catalog.Parts.Sum(static p => p.Info.SizeBytes);
        costs.Print(series, merged, partRows, partBytes);
        await store.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task RoundAsync(TimeSeriesDatabase store, RequestBody[] bodies, WriteBatch batch, long startMs, int round, Costs costs)
    {
        TenantHead head = store.State!.Heads.GetOrCreate(TenantId.Anonymous);
        foreach (RequestBody body in bodies)
        {
            body.Advance(startMs, round);
            WalPosition position = Ingest(store, head, body, batch, costs);
            long waiting = Now();
            await store.State.Log.Current.WaitDurableAsync(position).ConfigureAwait(false);
            costs.Wait += Now() - waiting;
        }
    }

    private static WalPosition Ingest(TimeSeriesDatabase store, TenantHead head, RequestBody body, WriteBatch batch, Costs costs)
    {
        long t0 = Now();
        if (!SnappyBody.TryDecompress(body.Compressed, batch))
        {
            throw new InvalidDataException("the generator's body is not snappy");
        }

        long t1 = Now();
        RemoteWriteV1Decoder.Decode(batch, batch.BytesLength);
        long t2 = Now();
        var result = new AppendResult();
        bool logged;
        WalPosition position;
        lock (head.Lock)
        {
            var cursor = new AppendCursor();
            logged = head.Appender.Append(batch, ref cursor, new AgeRules(long.MinValue, long.MaxValue, 7_200_000), result, out position);
        }

        long t3 = Now();
        if (!logged || result.SamplesWritten != body.Samples)
        {
            throw new InvalidDataException($"stored {result.SamplesWritten} of {body.Samples} samples, logged {logged}: {string.Join("; ", result.Rejects.Details)}");
        }

        store.State!.Budget.Add(result.SamplesWritten);
        costs.Snappy += t1 - t0;
        costs.Decode += t2 - t1;
        costs.Append += t3 - t2;
        costs.Samples += result.SamplesWritten;
        costs.Unflushed += result.SamplesWritten;
        return position;
    }

    private static long Now() => Environment.CpuUsage.TotalTime.Ticks;

    private sealed class Costs
    {
        public long Samples;
        public long Unflushed;
        public long FlushedRows;
        public long Snappy;
        public long Decode;
        public long Append;
        public long Wait;
        public long Flush;
        public long Total;

        public static double Nanoseconds(long ticks, long count) => ticks * 100.0 / Math.Max(1, count);

        public void Print(int series, long merged, long partRows, long partBytes)
        {
            Console.WriteLine($"{series} series, {Samples} samples; ns per sample:");
            Console.WriteLine($"  snappy                          {Nanoseconds(Snappy, Samples),8:F1}");
            Console.WriteLine($"  decode                          {Nanoseconds(Decode, Samples),8:F1}");
            Console.WriteLine($"  hash, probe, state, row, log    {Nanoseconds(Append, Samples),8:F1}");
            Console.WriteLine($"  commit of the log               {Nanoseconds(Wait, Samples),8:F1}");
            Console.WriteLine($"  flush: sort, encode, write      {Nanoseconds(Flush, FlushedRows),8:F1}");
            Console.WriteLine($"  one merge of everything         {Nanoseconds(merged, partRows),8:F1}");
            Console.WriteLine($"  bytes per sample when merged    {(double)partBytes / Math.Max(1, partRows),8:F2}");
        }
    }
}
