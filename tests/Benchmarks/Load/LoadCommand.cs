using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RemoteStore.Testing;
using Snappier;

namespace RemoteStore.Benchmarks.Load;

/// <summary>The load tool: a remote-write generator for any server, and the table over its results.</summary>
internal static class LoadCommand
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Runs <c>load …</c>.</summary>
    /// <returns>0, or 1 when the options are wrong or no request was accepted.</returns>
    public static int Run(ReadOnlySpan<string> args)
    {
        try
        {
            switch (args)
            {
                case [] or ["--help" or "-h", ..]:
                    Console.WriteLine(LoadOptions.Help);
                    return 0;
                case ["table", .. var files]:
                    Console.Write(ResultTable.Render([.. files.ToArray().Select(Read)]));
                    return 0;
                default:
                    return Measure(LoadOptions.Parse(args));
            }
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine("load: " + e.Message);
            return 1;
        }
    }

    private static LoadResult Read(string file) =>
        JsonSerializer.Deserialize<LoadResult>(File.ReadAllText(file)) ?? throw new FormatException($"{file} holds no result");

    private static int Measure(LoadOptions options)
    {
        TextWriter progress = Console.Error;
        RequestBody[] bodies = new RequestBodyBuilder(options).BuildRound();
        double ratio = (double)bodies[^1].CompressedLength / Snappy.CompressToArray(Snappy.DecompressToArray(bodies[^1].Compressed)).Length;
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a body has {ratio:0.00} times the size an ordinary snappy encoder gives it"));
        var clock = new VirtualClock(TimeProvider.System, options.Span);
        using var run = new LoadRun(options, bodies, clock);
        using Process self = Process.GetCurrentProcess();

        long emptyRss = options.EmptyRssBytes;
        if (options.ProcessId != 0)
        {
            emptyRss = emptyRss != 0 ? emptyRss : ProcessStats.ResidentBytes(options.ProcessId);
            if (!ProcessStats.ResetPeak(options.ProcessId))
            {
                progress.WriteLine("the peak of the server's memory could not be reset: it counts from its start");
            }
        }

        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bodies.Length} requests per round, warming up"));
        Tally warmup = run.Send(options.WarmupRounds, TimeSpan.MaxValue, 0);
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"warmed up in {warmup.Seconds:0.0} s, measuring"));

        PauseHistogram pausesBefore = PauseHistogram.Read(options.Metrics);
        double serverCpu = ServerCpu(options);
        TimeSpan selfCpu = self.TotalProcessorTime;
        int rounds = options.Rounds > 0 ? options.Rounds : int.MaxValue;
        Tally measured = run.Send(rounds, options.Rounds > 0 ? TimeSpan.MaxValue : options.Duration, options.SamplesPerSecond);
        serverCpu = ServerCpu(options) - serverCpu;
        self.Refresh();
        selfCpu = self.TotalProcessorTime - selfCpu;
        (long pauses, double pauseP99) = PauseHistogram.Read(options.Metrics).Since(pausesBefore);
        long peak = options.ProcessId == 0 ? 0 : ProcessStats.PeakResidentBytes(options.ProcessId);
        if (options.Flush is not null)
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(10) };
            using HttpResponseMessage answer = http.Send(new HttpRequestMessage(HttpMethod.Post, options.Flush));
            progress.WriteLine($"flush answered {(int)answer.StatusCode}");
        }

        long disk = options.DataDirectory is null ? 0 : DiskBytes(options.DataDirectory);
        double[] latency = measured.LatencyMs(0.5, 0.9, 0.99, 1);
        foreach ((int status, string text) in warmup.Errors)
        {
            progress.WriteLine($"during warm-up: {warmup.Statuses[status]} answers {status}: {text}");
        }

        var result = new LoadResult
        {
            Label = options.Label,
            Mode = options.Mode.ToString(),
            Series = options.Series,
            Connections = options.Connections,
            Seconds = measured.Seconds,
            SamplesAccepted = measured.Accepted,
            SamplesPerSecond = measured.Accepted / measured.Seconds,
            ServerCpuSeconds = serverCpu,
            SamplesPerServerCpuSecond = serverCpu > 0 ? measured.Accepted / serverCpu : 0,
            GeneratorCpuSeconds = selfCpu.TotalSeconds,
            LatencyP50Ms = latency[0],
            LatencyP90Ms = latency[1],
            LatencyP99Ms = latency[2],
            LatencyMaxMs = latency[3],
            GcPauses = pauses,
            GcPauseP99Ms = pauseP99,
            EmptyRssBytes = emptyRss,
            PeakRssBytes = peak,
            PeakRssBytesPerSeries = peak == 0 ? 0 : (double)(peak - emptyRss) / options.Series,
            DiskBytes = disk,
            DiskBytesPerSample = (double)disk / Math.Max(1, measured.Accepted + warmup.Accepted),
            WireBytesPerSample = (double)bodies.Sum(b => b.CompressedLength) / options.Series,
            RawBytesPerSample = (double)bodies.Sum(b => b.RawLength) / options.Series,
            Statuses = measured.Statuses,
            Errors = measured.Errors,
        };
        Write(result, options);
        return measured.Accepted > 0 ? 0 : 1;
    }

    private static void Write(LoadResult result, LoadOptions options)
    {
        string json = JsonSerializer.Serialize(result, s_json);
        if (options.JsonFile == "-")
        {
            Console.WriteLine(json);
            return;
        }

        if (options.JsonFile is not null)
        {
            File.WriteAllText(options.JsonFile, json);
        }

        Console.Write(ResultTable.Render([result]));
    }

    private static double ServerCpu(LoadOptions options) => options.ProcessId == 0 ? 0 : ProcessStats.CpuSeconds(options.ProcessId);

    /// <summary>Blocks allocated, as <c>du</c> counts them: a file made longer beforehand costs nothing until it is written.</summary>
    private static long DiskBytes(string directory)
    {
        using Process du = Process.Start(new ProcessStartInfo("du", ["-sB1", directory]) { RedirectStandardOutput = true })!;
        string text = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(text.AsSpan(0, text.IndexOf('\t')), CultureInfo.InvariantCulture);
    }
}
