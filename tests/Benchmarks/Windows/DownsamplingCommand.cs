using System.Globalization;
using RemoteStore.Benchmarks.Blocks;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Windows;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Benchmarks.Windows;

/// <summary>
/// <c>downsampling [SERIES [DAYS]]</c>: the load generator's values at 15 s as blocks of a day, and the windows made of them: bytes without and with the label index
/// as shares of those of the samples, and processor time.
/// </summary>
internal sealed class DownsamplingCommand
{
    private const long DayMs = 86_400_000;
    private const int SlicesPerDay = 12;

    private static readonly (long ResolutionMs, string Name)[] s_tiers = [(60_000, "1 m"), (300_000, "5 m"), (3_600_000, "1 h")];

    private readonly string _root;
    private readonly GeneratedLoad _load;
    private readonly int _series;
    private readonly Dictionary<string, TierFigures> _figures = [];
    private ulong _ids;

    private DownsamplingCommand(string root, int series)
    {
        _root = root;
        _series = series;
        _load = new GeneratedLoad(series);
        _load.Next(); // it begins two hours before midnight
    }

    public static int Run(string[] arguments)
    {
        int series = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 2000;
        int days = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 2;
        string root = Directory.CreateTempSubdirectory("downsampling-").FullName;
        try
        {
            var command = new DownsamplingCommand(root, series);
            for (int day = 0; day < days; day++)
            {
                command.RunDay();
            }

            command.Print(days);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        return 0;
    }

    private void RunDay()
    {
        using var cache = new BlockSectionCache(32 << 20);
        BlockReader raw = WriteRaw(cache);
        var day = new QueryRange(raw.Meta.Range.Start, raw.Meta.Range.End - 1);
        BlockReader? fiveMinutes = null;
        foreach ((long resolutionMs, string name) in s_tiers)
        {
            BlockReader input = resolutionMs == 3_600_000 ? fiveMinutes! : raw;
            BlockReader made = Downsample(name, input, day, resolutionMs, cache);
            if (resolutionMs == 300_000)
            {
                fiveMinutes = made;
            }
            else
            {
                made.Dispose();
            }
        }

        Downsample("1 h of samples", raw, day, 3_600_000, cache).Dispose();
        fiveMinutes!.Dispose();
        raw.Dispose();
        Directory.Delete(Path.Combine(_root, TenantId.Anonymous.Name), recursive: true);
    }

    private BlockReader WriteRaw(BlockSectionCache cache)
    {
        var samples = new SampleBuffer[_series];
        for (int i = 0; i < _series; i++)
        {
            samples[i] = new SampleBuffer();
        }

        for (int slice = 0; slice < SlicesPerDay; slice++)
        {
            _load.Next();
            for (int i = 0; i < _series; i++)
            {
                samples[i].Add(_load.Timestamps(i), _load.Values(i), []);
            }
        }

        BlockWriterOptions options = Options(BlockRange.Containing(samples[0].Timestamps[0], DayMs), 0);
        TimeSpan started = Cpu();
        using BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, PathOf(options.Id), options);
        for (int i = 0; i < _series; i++)
        {
            writer.AddSeries(_load.Labels(i).Bytes, samples[i]);
        }

        BlockMeta meta = writer.Finish(CancellationToken.None);
        Add("samples at 15 s", meta, meta.Stats.FloatSamples, Cpu() - started);
        return OpenMany.Open(PathOf(meta.Id), cache, null);
    }

    private BlockReader Downsample(string name, BlockReader input, QueryRange day, long resolutionMs, BlockSectionCache cache)
    {
        BlockWriterOptions options = Options(input.Meta.Range, resolutionMs);
        TimeSpan started = Cpu();
        WindowBuild build = WindowBlockBuilder.BuildAsync(
            [new WindowInput(input, day)], LocalFileSystem.Instance, PathOf(options.Id), options, null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        Add(name, build.Block!, build.InputSamples, Cpu() - started);
        return OpenMany.Open(PathOf(options.Id), cache, null);
    }

    private BlockWriterOptions Options(BlockRange range, long resolutionMs) =>
        new() { Id = new BlockId(0x0190_0000_0000_0000, ++_ids), Tenant = TenantId.Anonymous, Range = range, ResolutionMs = resolutionMs };

    private string PathOf(BlockId id) => Path.Combine(_root, TenantId.Anonymous.Name, id.ToString());

    private void Add(string name, BlockMeta meta, long samples, TimeSpan cpu)
    {
        TierFigures before = _figures.GetValueOrDefault(name);
        _figures[name] = before.With(meta, samples, cpu);
    }

    private void Print(int days)
    {
        TierFigures raw = _figures["samples at 15 s"];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_series:N0} series, {days} days"));
        Console.WriteLine("| tier | stored series | chunk bytes | of the samples' | index bytes | with index, of the samples' | read M/CPU-s |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach ((string name, TierFigures tier) in _figures)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {tier.Series / days:N0} | {tier.ChunkBytes:N0} | {100.0 * tier.ChunkBytes / raw.ChunkBytes:F2} % | {tier.IndexBytes:N0} "
                + $"| {100.0 * (tier.ChunkBytes + tier.IndexBytes) / (raw.ChunkBytes + raw.IndexBytes):F2} % | {tier.Samples / tier.Cpu.TotalSeconds / 1e6:F1} |"));
        }
    }

    private static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;
}
