using RemoteStore.Histories.Tests.Model;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;
using RemoteStore.Tsdb;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Histories.Tests.Faults;

/// <summary>Every ninth write is acknowledged and forgotten.</summary>
internal sealed class ForgetsWrite : Fault
{
    private int _writes;

    public override IAppender Change(IAppender appender) => new Forgetful(this, appender);

    private sealed class Forgetful(ForgetsWrite owner, IAppender inner) : IAppender
    {
        public ValueTask<AppendResult> AppendAsync(TenantId tenant, WriteBatch batch, CancellationToken cancellationToken) =>
            ++owner._writes % 9 != 0
                ? inner.AppendAsync(tenant, batch, cancellationToken)
                : new(new AppendResult { SamplesWritten = batch.SampleCount, HistogramsWritten = batch.Histograms.Count });
    }
}

/// <summary>Of two values at one time the one that came last is answered.</summary>
internal sealed class LastWriteWins : Fault
{
    private readonly Dictionary<(TenantId Tenant, string Labels, long T), Sample> _last = [];

    public override IAppender Change(IAppender appender) => new Recorder(this, appender);

    public override IQueryable Change(IQueryable store) => new ChangedQueryable(store, (tenant, answers) =>
    {
        foreach (SeriesAnswer answer in answers)
        {
            for (int i = 0; i < answer.Samples.Count; i++)
            {
                (long t, Sample sample) = answer.Samples[i];
                answer.Samples[i] = (t, _last.GetValueOrDefault((tenant, answer.Labels.ToString(), t), sample));
            }
        }

        return answers;
    });

    private sealed class Recorder(LastWriteWins owner, IAppender inner) : IAppender
    {
        public async ValueTask<AppendResult> AppendAsync(TenantId tenant, WriteBatch batch, CancellationToken cancellationToken)
        {
            AppendResult result = await inner.AppendAsync(tenant, batch, cancellationToken);
            if (result.Rejects.Total == 0)
            {
                Record(tenant, batch);
            }

            return result;
        }

        private void Record(TenantId tenant, WriteBatch batch)
        {
            foreach (WriteSeries series in batch.Series)
            {
                string labels = new LabelSet(batch.Slice(series.LabelsOffset, series.LabelsLength).ToArray()).ToString();
                for (int s = series.SampleStart; s < series.SampleStart + series.SampleCount; s++)
                {
                    owner._last[(tenant, labels, batch.Timestamps[s])] =
                        new Sample(batch.ValueBits[s], batch.StartTimestamps.IsEmpty ? 0 : batch.StartTimestamps[s]);
                }

                for (int h = series.HistogramStart; h < series.HistogramStart + series.HistogramCount; h++)
                {
                    WriteHistogram histogram = batch.Histograms[h];
                    owner._last[(tenant, labels, histogram.TimestampMs)] = new Sample(
                        0, histogram.StartTimestampMs, Convert.ToHexString(batch.Slice(histogram.PayloadOffset, histogram.PayloadLength)));
                }
            }
        }
    }
}

/// <summary>Nothing is ever too old.</summary>
internal sealed class IgnoresRetention : Fault
{
    public override TsdbOptions Change(TsdbOptions options) => options with { Retention = TimeSpan.Zero };
}
