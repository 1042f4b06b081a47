using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.PrometheusBlocks.Writing;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PrometheusBlocks.Exporting;

/// <summary>Writes what a tenant has stored, as received, as blocks of Prometheus.</summary>
/// <param name="files">Where they are made.</param>
/// <param name="target">Who is to read them.</param>
public sealed class BlockExporter(IFileSystem files, ExportTarget target)
{
    private static readonly LabelMatcher[] s_everything = [new(Model.Labels.MatchType.Regexp, LabelSet.MetricName, ".*")];

    private readonly SampleBuffer _samples = new();
    private readonly SampleBuffer _kept = new();
    private readonly List<QueryRange> _gone = [];

    /// <summary>Writes one block. Memory: a batch of series, and what <see cref="PrometheusBlockWriter"/> needs.</summary>
    /// <param name="querier">A view of all samples of the range, as received.</param>
    /// <param name="range">The range of the block.</param>
    /// <param name="times">Samples outside are left out.</param>
    /// <param name="deletions">Samples that are deleted and may still be in the view.</param>
    /// <param name="tenant">Whose samples; together with the range it makes the name of the block, so that an export that is repeated replaces it.</param>
    /// <param name="root">Folder that gets the folder of the block.</param>
    /// <param name="report">Told what could not be written.</param>
    /// <param name="cancellationToken">Stops the work and leaves nothing of the block.</param>
    /// <returns>The block; null when no sample lies in the range, and none is made.</returns>
    /// <exception cref="IOException">Samples cannot be read, or a file not written.</exception>
    public async ValueTask<PrometheusBlockMeta?> WriteAsync(
        IQuerier querier,
        BlockRange range,
        QueryRange times,
        SeriesDeletions deletions,
        TenantId tenant,
        string root,
        ExportReport report,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(querier);
        ArgumentNullException.ThrowIfNull(deletions);
        ArgumentNullException.ThrowIfNull(report);
        QueryRange wanted = new(Math.Max(range.Start, times.MinTime), Math.Min(range.End - 1, times.MaxTime));
        SeriesDeletions gone = deletions.Within(wanted);
        using var writer = PrometheusBlockWriter.Create(files, root, IdOf(tenant, range), range);
        ISeriesSet set = await querier.SelectAsync(sorted: true, new SelectHints(wanted), s_everything, cancellationToken).ConfigureAwait(false);
        await using (set.ConfigureAwait(false))
        {
            while (await set.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                for (int i = 0; i < set.Current.Count; i++)
                {
                    Write(writer, set.Current, i, wanted, gone, report);
                }
            }
        }

        return writer.Finish();
    }

    private void Write(PrometheusBlockWriter writer, SeriesBatch batch, int index, QueryRange wanted, SeriesDeletions deletions, ExportReport report)
    {
        LabelSet labels = batch.Labels(index);
        _ = deletions.RangesOf(labels.Bytes.Span, _gone);
        _samples.Clear();
        KeptSamples.Copy(batch, index, _gone, _samples);
        _samples.TrimFloats(0, wanted.MinTime, wanted.MaxTime);
        long unknown = 0;
        long started = _samples.StartTimestamps.Length - _samples.StartTimestamps.Count(0L);
        _kept.Clear();
        _kept.Add(_samples.Timestamps, _samples.ValueBits, []);
        foreach (HistogramSample sample in _samples.Histograms)
        {
            if (!wanted.Contains(sample.TimestampMs))
            {
                continue;
            }

            ReadOnlySpan<byte> payload = _samples.Payload(sample);
            if (target == ExportTarget.Prometheus242 && HistogramPayload.Decode(payload).HasCustomBuckets)
            {
                unknown++;
                continue;
            }

            started += sample.StartTimestampMs == 0 ? 0 : 1;
            _kept.AddHistogram(sample.TimestampMs, 0, payload);
        }

        if (unknown > 0)
        {
            report.LeaveOut(labels, unknown);
        }

        report.LeaveOutStarts(started);
        writer.AddSeries(labels, _kept);
    }

    private static BlockId IdOf(TenantId tenant, BlockRange range)
    {
        byte[] name = Encoding.UTF8.GetBytes(tenant.Name);
        byte[] input = new byte[name.Length + (2 * sizeof(long))];
        name.CopyTo(input, 0);
        BinaryPrimitives.WriteInt64BigEndian(input.AsSpan(name.Length), range.Start);
        BinaryPrimitives.WriteInt64BigEndian(input.AsSpan(name.Length + sizeof(long)), range.End);
        byte[] hash = SHA256.HashData(input);
        ulong createdMs = (ulong)Math.Clamp(range.End, 0, (1L << 48) - 1);
        return new((createdMs << 16) | BinaryPrimitives.ReadUInt16BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash.AsSpan(sizeof(ushort))));
    }
}
