using RemoteStore.Model;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>Writes what rules give the way that all writes of the tenant go, with its limits. Safe for concurrent use.</summary>
/// <param name="tenant">Whose rules.</param>
/// <param name="appender">Takes the samples.</param>
internal sealed class RuleSink(TenantId tenant, IAppender appender) : IRuleSink
{
    private const int MaxIdle = 4;

    private readonly Lock _lock = new(); // guards the idle batches
    private readonly Stack<WriteBatch> _idle = new();

    /// <inheritdoc/>
    public async ValueTask<RuleWriteResult> WriteAsync(IReadOnlyList<RuleSample> samples, CancellationToken cancellationToken)
    {
        WriteBatch batch = Rent();
        Fill(batch, samples);
        AppendResult result = await appender.AppendAsync(tenant, batch, cancellationToken).ConfigureAwait(false);
        Return(batch); // after a failure it may still be in use, and is left
        RejectTally rejects = result.Rejects;
        return rejects.Total == 0 ? default : new RuleWriteResult(rejects.Total, rejects.Details.Count > 0 ? rejects.Details[0] : Reason(rejects));
    }

    private static void Fill(WriteBatch batch, IReadOnlyList<RuleSample> samples)
    {
        _ = batch.Reset(0);
        foreach (RuleSample sample in samples)
        {
            int labels = Add(batch, sample.Labels.Bytes.Span);
            int floats = batch.SampleCount;
            int histograms = batch.Histograms.Count;
            if (sample.Histogram is { } histogram)
            {
                byte[] payload = HistogramPayload.Encode(histogram.ToNative());
                batch.Histograms.Add(new WriteHistogram(sample.TimestampMs, 0, Add(batch, payload), payload.Length));
            }
            else
            {
                batch.AddSample(sample.TimestampMs, sample.ValueBits);
            }

            batch.AddSeries(new WriteSeries(
                labels, sample.Labels.Bytes.Length, floats, batch.SampleCount - floats, histograms, batch.Histograms.Count - histograms, 0, 0));
        }
    }

    private static int Add(WriteBatch batch, ReadOnlySpan<byte> bytes)
    {
        int offset = batch.Extend(bytes.Length);
        bytes.CopyTo(batch.Writable(offset, bytes.Length));
        return offset;
    }

    private static string Reason(RejectTally rejects) =>
        Enum.GetValues<AppendStatus>().First(status => rejects.Count(status) > 0).ReasonName();

    private WriteBatch Rent()
    {
        lock (_lock)
        {
            return _idle.TryPop(out WriteBatch? batch) ? batch : new WriteBatch();
        }
    }

    private void Return(WriteBatch batch)
    {
        lock (_lock)
        {
            if (_idle.Count < MaxIdle)
            {
                _idle.Push(batch);
            }
        }
    }
}
