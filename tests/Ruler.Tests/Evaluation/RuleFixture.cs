using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Service;
using RemoteStore.PromQL.Testing;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;
using Shouldly;

namespace RemoteStore.Ruler.Tests.Evaluation;

/// <summary>Rules over a store in memory.</summary>
internal sealed class RuleFixture : IRuleSink
{
    public const long Minute = 60_000;

    private readonly TestStorage _storage = new();

    public RuleFixture() => Environment = new RuleEnvironment(
        TenantId.Anonymous, new EngineQueryService(new QueryEngine(new EngineOptions(), TimeProvider.System), _storage), this, TimeProvider.System);

    public RuleEnvironment Environment { get; set; }

    /// <summary>All that was written, in order.</summary>
    public List<RuleSample> Written { get; } = [];

    /// <summary>When not null, writes fail with it.</summary>
    public string? Failure { get; set; }

    /// <summary>How many samples of each write are refused.</summary>
    public int Refusals { get; set; }

    public static IReadOnlyList<RuleGroup> Parse(string yaml)
    {
        RuleFile file = RuleFileReader.Read("rules.yml", Encoding.UTF8.GetBytes(yaml));
        file.Faults.ShouldBeEmpty();
        return file.Groups;
    }

    public GroupEvaluator Evaluator(string yaml, bool awaitsRestore = false) => new(Parse(yaml)[0], Environment, awaitsRestore);

    public void Add(string metric, string label, long minute, double value) =>
        _storage.Add(LabelSet.From(LabelSet.MetricName, metric, "i", label), minute * Minute, BitConverter.DoubleToInt64Bits(value));

    public ValueTask<RuleWriteResult> WriteAsync(IReadOnlyList<RuleSample> samples, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            throw new IOException(Failure);
        }

        Written.AddRange(samples);
        foreach (RuleSample sample in samples)
        {
            _storage.Add(sample.Labels, sample.TimestampMs, sample.ValueBits);
        }

        return ValueTask.FromResult(new RuleWriteResult(Refusals, Refusals > 0 ? "out of order" : null));
    }

    /// <summary>What was written since the last call: series, minute and value.</summary>
    public List<string> Take()
    {
        List<string> texts = [.. Written.Select(static sample => FormattableString.Invariant(
            $"{sample.Labels} {(double)sample.TimestampMs / Minute} {(sample.ValueBits == SampleBits.StaleMarker ? "stale" : BitConverter.Int64BitsToDouble(sample.ValueBits))}"))];
        Written.Clear();
        return texts;
    }
}
