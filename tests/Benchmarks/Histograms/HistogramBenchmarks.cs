using BenchmarkDotNet.Attributes;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;

namespace RemoteStore.Benchmarks.Histograms;

/// <summary>What PromQL does per histogram: reading a payload, adding, a quantile of the sum.</summary>
[MemoryDiagnoser]
public class HistogramBenchmarks
{
    private readonly FloatHistogram _sum = new();
    private readonly FloatHistogram _same = new();
    private readonly FloatHistogram _other = new();
    private readonly FloatHistogram _fine = new();
    private byte[] _payload = [];

    [Params(20, 160)]
    public int Buckets { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        Fill(_sum, 3, 0);
        Fill(_same, 3, 0);
        Fill(_other, 3, 3);
        Fill(_fine, 5, 0);
        _payload = HistogramPayload.Encode(_same.ToNative());
    }

    [Benchmark(Baseline = true)]
    public void AddSameLayout() => _sum.Add(_same);

    [Benchmark]
    public void AddCompensatedSameLayout() => _same.AddCompensated(_same);

    [Benchmark]
    public void AddOtherLayout() => _sum.Add(_other);

    [Benchmark]
    public void AddFinerSchema() => _sum.Add(_fine);

    [Benchmark]
    public bool ReadPayload() => _other.TryRead(_payload);

    [Benchmark]
    public bool DetectReset() => _same.DetectReset(_same);

    [Benchmark]
    public double Quantile() => HistogramStatistics.Quantile(0.99, _same, out _);

    private void Fill(FloatHistogram histogram, int schema, int offset)
    {
        histogram.Reset(schema);
        histogram.ZeroThreshold = 2.938735877055719e-39;
        histogram.SetPositive(
            [new HistogramSpan(offset, (uint)Buckets / 2), new HistogramSpan(3, (uint)Buckets / 2)], [.. Enumerable.Range(1, Buckets).Select(static i => (double)i)]);
        histogram.Count = Buckets * (Buckets + 1) / 2.0;
        histogram.Sum = 1;
    }
}
