using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RemoteStore.Api.Http;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using RemoteStore.Wire.RemoteRead;

namespace RemoteStore.Api.RemoteRead;

/// <summary>Answers a remote read with a stream of chunks: what is in memory at a time is a batch of series and a frame.</summary>
internal sealed class ChunkedReadResponse(IQueryable store, ILogger logger)
{
    // Clients expect frames of up to 1 MB; the chunk that takes a frame past this mark is still in it.
    private const int FrameMark = 1_000_000 - (16 << 10);
    private const int FlushThreshold = 64 << 10;

    /// <summary>Writes the whole answer.</summary>
    public async ValueTask WriteAsync(HttpContext context, ReadRequest request, TenantId tenant, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";
        PipeWriter body = context.Response.BodyWriter;
        var writer = new ChunkedReadWriter(body, FrameMark);
        for (int query = 0; query < request.Queries.Count; query++)
        {
            QueryRange range = request.Queries[query].Range;
            if (range.IsEmpty)
            {
                continue;
            }

            await using IQuerier querier = await store.OpenQuerierAsync(tenant, range, cancellationToken);
            IReadOnlyList<MissingData> known = querier.Missing;
            GapHeader.Report(context, known, logger, RemoteReadHandler.Name, tenant);
            await using ISeriesSet set = await querier.SelectAsync(sorted: true, new SelectHints(range), request.Queries[query].Matchers, cancellationToken);
            while (await set.MoveNextAsync(cancellationToken))
            {
                for (int i = 0; i < set.Current.Count; i++)
                {
                    Write(writer, query, set.Current, i, range);
                    if (body.UnflushedBytes >= FlushThreshold)
                    {
                        await body.FlushAsync(cancellationToken);
                    }
                }
            }

            GapHeader.Report(context, [.. querier.Missing.Where(gap => !known.Any(gap.IsSameGap))], logger, RemoteReadHandler.Name, tenant);
        }

        await body.FlushAsync(cancellationToken);
    }

    private static void Write(ChunkedReadWriter writer, int query, SeriesBatch batch, int index, QueryRange range)
    {
        (int first, int count) = SamplesInRange.OfFloats(batch.Timestamps(index), range);
        writer.BeginSeries(query, batch.Labels(index).Bytes);
        ReadOnlySpan<long> times = batch.Timestamps(index).Slice(first, count);
        ReadOnlySpan<long> values = batch.ValueBits(index).Slice(first, count);

        // Where a series holds both kinds, chunks of them take turns in order of time.
        foreach (HistogramSample histogram in batch.Histograms(index))
        {
            if (!range.Contains(histogram.TimestampMs))
            {
                continue;
            }

            int before = SamplesInRange.FirstAtOrAfter(times, histogram.TimestampMs);
            writer.AddSamples(times[..before], values[..before]);
            times = times[before..];
            values = values[before..];
            writer.AddHistogram(histogram.TimestampMs, batch.Samples.Payload(histogram));
        }

        writer.AddSamples(times, values);
        writer.EndSeries();
    }
}
