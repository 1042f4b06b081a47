using RemoteStore.Benchmarks.Load;
using RemoteStore.Chunks;
using RemoteStore.Chunks.Kernels;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Benchmarks.Chunks;

/// <summary>Sizes and speeds of the chunk codecs on captured and synthetic series, beside Prometheus' own chunks: <c>chunks [sizes|decode|encode]</c>.</summary>
internal static class ChunkCommand
{
    private const int RoundCount = 9;
    private const double RoundSeconds = 0.04;

    public static int Run(ReadOnlySpan<string> args)
    {
        string? path = DumpFile.Find();
        if (path is null)
        {
            Console.Error.WriteLine("the captured data is not there: set REMOTESTORE_DATA");
            return 1;
        }

        string what = args.IsEmpty ? "" : args[0];
        List<DumpSeries> fine = DumpFile.Read(path);
        List<DumpSeries> coarse = [.. fine.Select(static series => series.Thin(3))];
        (string Name, List<DumpSeries> Series, int Samples)[] sets =
        [
            ("5 s all, 120", fine, 120),
            ("5 s all, 480", fine, 480),
            ("5 s active, 120", Active(fine), 120),
            ("5 s active, 480", Active(fine), 480),
            ("15 s all, 120", coarse, 120),
            ("15 s all, 1 chunk", coarse, ChunkLimits.MaxSamples),
            ("15 s active, 120", Active(coarse), 120),
            ("15 s active, 1 chunk", Active(coarse), ChunkLimits.MaxSamples),
        ];
        if (what is "" or "sizes")
        {
            Sizes(sets);
        }

        if (what is "" or "decode")
        {
            foreach ((string name, List<DumpSeries> series, int samples) in sets)
            {
                Decode(name, series, samples);
            }

            foreach (string name in SyntheticSeries.Names)
            {
                Decode(name, SyntheticSeries.Make(name), 480);
            }
        }

        if (what is "" or "encode")
        {
            foreach ((string name, List<DumpSeries> series, int samples) in sets)
            {
                Encode(name, series, samples);
            }

            foreach (string name in SyntheticSeries.Names)
            {
                Encode(name, SyntheticSeries.Make(name), 480);
            }
        }

        return 0;
    }

    private static List<DumpSeries> Active(List<DumpSeries> series) => [.. series.Where(static one => one.IsActive)];

    private static void Sizes((string Name, List<DumpSeries> Series, int Samples)[] sets)
    {
        Console.WriteLine("| bytes per sample | values | headers zstd | shared timestamps (columns) | XOR chunks, both |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        foreach ((string name, List<DumpSeries> series, int samples) in sets)
        {
            using var pages = new ChunkPages(series, samples);
            var xor = new XorPages(series, samples);
            Console.WriteLine($"| {name} ({series.Count} series, {pages.Values} samples) | {pages.PlainBytesPerSample:0.0000} | {pages.SplitBytesPerSample:0.0000} | "
                + $"{(double)pages.TimestampBytes / pages.Values:0.0000} ({pages.Columns}) | {(double)xor.TotalBytes / xor.Values:0.0000} |");
        }

        foreach (string name in SyntheticSeries.Names)
        {
            using var pages = new ChunkPages(SyntheticSeries.Make(name), 480);
            Console.WriteLine($"| {name} | {pages.PlainBytesPerSample:0.000} | {pages.SplitBytesPerSample:0.000} | | |");
        }

        foreach (ValueKind kind in Enum.GetValues<ValueKind>())
        {
            using var pages = new ChunkPages(SyntheticSeries.Make(kind), 480);
            Console.WriteLine($"| generated load, {kind} | {pages.PlainBytesPerSample:0.000} | {pages.SplitBytesPerSample:0.000} | "
                + $"{64.0 * pages.TimestampBytes / pages.Values:0.000} of one series | |");
        }
    }

    private static void Decode(string name, List<DumpSeries> series, int samples)
    {
        using var pages = new ChunkPages(series, samples);
        var xor = new XorPages(series, samples);
        var rounds = new Rounds();
        rounds.Add("XOR", xor.Values, xor.Decode);
        rounds.Add("page", pages.Values, () => pages.Decode(ValueChunkDecoder.Decode, headersReady: false));
        foreach (KernelLevel level in Enum.GetValues<KernelLevel>().Where(KernelLevels.IsSupported))
        {
            DecodeChunk decode = Decoder(level);
            rounds.Add(level.ToString(), pages.Values, () => pages.Decode(decode, headersReady: true));
        }

        Dictionary<string, double> rates = rounds.Run(RoundCount, RoundSeconds);
        Console.WriteLine($"decode {name}: " + string.Join(", ", rates.Select(rate => $"{rate.Key} {rate.Value / 1e6:0} M/s ({rate.Value / rates["XOR"]:0.00}x)")));
    }

    private static DecodeChunk Decoder(KernelLevel level) => level switch
    {
        KernelLevel.Avx512 => ValueChunkDecoder.Decode<Avx512Kernels>,
        KernelLevel.Avx2 => ValueChunkDecoder.Decode<Avx2Kernels>,
        _ => ValueChunkDecoder.Decode<ScalarKernels>,
    };

    private static void Encode(string name, List<DumpSeries> series, int samples)
    {
        var encoder = new ValueChunkEncoder();
        var header = new ByteBuffer();
        var packed = new ByteBuffer();
        var rounds = new Rounds();
        CodecHint[] hints = new CodecHint[series.Count];
        long values = series.Sum(static one => (long)one.Count);
        rounds.Add("without hints", values, () => All(useHints: false));
        rounds.Add("with hints", values, () => All(useHints: true));
        Dictionary<string, double> rates = rounds.Run(RoundCount, RoundSeconds);
        Console.WriteLine($"encode {name}: " + string.Join(", ", rates.Select(static rate => $"{rate.Key} {rate.Value / 1e6:0.0} M/s")));

        void All(bool useHints)
        {
            for (int i = 0; i < series.Count; i++)
            {
                header.Clear();
                packed.Clear();
                ReadOnlySpan<long> bits = series[i].ValueBits;
                for (int start = 0; start < bits.Length; start += samples)
                {
                    CodecHint none = default;
                    encoder.Encode(bits.Slice(start, Math.Min(samples, bits.Length - start)), ref useHints ? ref hints[i] : ref none, header, packed);
                }
            }
        }
    }
}
