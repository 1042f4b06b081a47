using RemoteStore.Histories.Tests.Model;
using RemoteStore.Histories.Tests.Steps;
using RemoteStore.Model;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Histories.Tests.Faults;

/// <summary>The oldest sample of an answer is lost, from the first step of a kind or the first eviction on.</summary>
internal sealed class LosesSample(StepKind? after, bool afterEviction = false) : AnswerFault(after, afterEviction)
{
    protected override List<SeriesAnswer> Change(TenantId tenant, List<SeriesAnswer> answers)
    {
        SeriesAnswer? oldest = answers.Where(static a => a.Samples.Count > 0).MinBy(static a => a.Samples[0].T);
        oldest?.Samples.RemoveAt(0);
        return answers;
    }
}

/// <summary>A NaN comes back as another NaN.</summary>
internal sealed class QuietsNaNs() : AnswerFault()
{
    protected override List<SeriesAnswer> Change(TenantId tenant, List<SeriesAnswer> answers)
    {
        foreach (SeriesAnswer answer in answers)
        {
            for (int i = 0; i < answer.Samples.Count; i++)
            {
                (long t, Sample sample) = answer.Samples[i];
                answer.Samples[i] = (t, sample.Histogram is null && SampleBits.IsNaN(sample.Bits) ? sample with { Bits = SampleBits.NormalNaN } : sample);
            }
        }

        return answers;
    }
}

/// <summary>A sample comes twice.</summary>
internal sealed class RepeatsSample() : AnswerFault()
{
    protected override List<SeriesAnswer> Change(TenantId tenant, List<SeriesAnswer> answers)
    {
        SeriesAnswer? any = answers.Find(static a => a.Samples.Count > 3);
        any?.Samples.Insert(2, any.Samples[2]);
        return answers;
    }
}

/// <summary>What a damaged page holds is served: once a file is damaged, a value has another bit.</summary>
internal sealed class ServesDamage() : AnswerFault(StepKind.Corrupt)
{
    protected override List<SeriesAnswer> Change(TenantId tenant, List<SeriesAnswer> answers)
    {
        SeriesAnswer? any = answers.Find(static a => a.Samples.Count > 0 && a.Samples[0].Sample.Histogram is null);
        if (any is not null)
        {
            (long t, Sample sample) = any.Samples[0];
            any.Samples[0] = (t, sample with { Bits = sample.Bits ^ 0x10 });
        }

        return answers;
    }
}

/// <summary>One tenant sees what another wrote.</summary>
internal sealed class MixesTenants : Fault
{
    public override IQueryable Change(IQueryable store) => new Mixed(store);

    private sealed class Mixed(IQueryable inner) : IQueryable
    {
        public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
            inner.OpenQuerierAsync(tenant.Name == "green" ? TenantId.Parse("blue") : tenant, range, cancellationToken);
    }
}
