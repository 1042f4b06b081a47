using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RemoteStore.Api.Http;
using RemoteStore.Model;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Memory;
using RemoteStore.Storage;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api.Federation;

/// <summary>
/// <c>/federate</c>: the newest sample within the lookback of each series that a <c>match[]</c> selects, for another server to scrape. Series come in order of
/// name and labels, ended ones and ones without a name do not come.
/// </summary>
internal sealed class FederationHandler(IQueryable store, ReadApiOptions options, BufferPool pool, TimeProvider time, ILogger logger)
{
    /// <summary>Name in metrics.</summary>
    public const string Name = "federate";

    private const int SendThreshold = 64 << 10;

    /// <summary>Serves one request of a tenant.</summary>
    public async Task HandleAsync(HttpContext context, TenantId tenant)
    {
        CancellationToken aborted = context.RequestAborted;
        try
        {
            ApiRequest request = await ApiRequest.ReadAsync(context, tenant);
            IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors = request.GetSelectors("match[]");
            (List<FederatedSeries> series, IReadOnlyList<MissingData> missing) =
                await PartialReads.RunAsync(store, allowPartial: false, view => SelectAsync(view, tenant, selectors, aborted));
            GapHeader.Report(context, missing, logger, Name, tenant);
            await WriteAsync(context, series, aborted);
        }
        catch (ApiException exception)
        {
            await EndpointRunner.WriteTextAsync(context, exception.StatusCode, exception.Message + "\n");
        }
        catch (ReadLimitException exception) when (!context.Response.HasStarted)
        {
            await EndpointRunner.WriteTextAsync(context, StatusCodes.Status422UnprocessableEntity, exception.Message + "\n");
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or StorageUnavailableException))
        {
            logger.RequestFailed(Name, tenant.Name, exception);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await EndpointRunner.WriteTextAsync(context, StatusCodes.Status500InternalServerError, "stored data could not be read, see the log\n");
        }
    }

    private async ValueTask<(List<FederatedSeries> Series, IReadOnlyList<MissingData> Missing)> SelectAsync(
        IQueryable view, TenantId tenant, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, CancellationToken cancellationToken)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var range = new QueryRange(now - (long)options.LookbackDelta.TotalMilliseconds, now);
        var found = new List<FederatedSeries>();
        if (selectors.Count == 0)
        {
            return (found, []);
        }

        await using IQuerier querier = await view.OpenQuerierAsync(tenant, range, cancellationToken);
        foreach (IReadOnlyList<LabelMatcher> matchers in selectors)
        {
            await using ISeriesSet set = await querier.SelectAsync(sorted: false, new SelectHints(range), matchers, cancellationToken);
            while (await set.MoveNextAsync(cancellationToken))
            {
                for (int i = 0; i < set.Current.Count; i++)
                {
                    if (Newest(set.Current, i, range) is { } series)
                    {
                        found.Add(series);
                    }
                }
            }
        }

        found.Sort();
        return (Distinct(found), querier.Missing);
    }

    private static FederatedSeries? Newest(SeriesBatch batch, int index, QueryRange range)
    {
        LabelSet labels = batch.Labels(index);
        if (labels.GetValue("__name__"u8).IsEmpty)
        {
            return null;
        }

        ReadOnlySpan<long> times = batch.Timestamps(index);
        int last = times.Length - 1;
        while (last >= 0 && times[last] > range.MaxTime)
        {
            last--;
        }

        ReadOnlySpan<HistogramSample> histograms = batch.Histograms(index);
        int lastHistogram = histograms.Length - 1;
        while (lastHistogram >= 0 && histograms[lastHistogram].TimestampMs > range.MaxTime)
        {
            lastHistogram--;
        }

        if (lastHistogram >= 0 && histograms[lastHistogram].TimestampMs >= range.MinTime && (last < 0 || histograms[lastHistogram].TimestampMs > times[last]))
        {
            var histogram = new FloatHistogram();
            histogram.CopyFrom(HistogramPayload.Decode(batch.Samples.Payload(histograms[lastHistogram])));
            return histogram.IsStale ? null : new FederatedSeries(labels.Bytes.ToArray(), histograms[lastHistogram].TimestampMs, 0, histogram);
        }

        return last < 0 || times[last] < range.MinTime || batch.ValueBits(index)[last] == SampleBits.StaleMarker
            ? null
            : new FederatedSeries(labels.Bytes.ToArray(), times[last], batch.Values(index)[last], null);
    }

    /// <summary>Leaves one of each series that several selectors found.</summary>
    private static List<FederatedSeries> Distinct(List<FederatedSeries> sorted)
    {
        int kept = 0;
        for (int i = 0; i < sorted.Count; i++)
        {
            if (i == 0 || !sorted[i].Labels.Span.SequenceEqual(sorted[kept - 1].Labels.Span))
            {
                sorted[kept++] = sorted[i];
            }
        }

        sorted.RemoveRange(kept, sorted.Count - kept);
        return sorted;
    }

    private async ValueTask WriteAsync(HttpContext context, List<FederatedSeries> series, CancellationToken cancellationToken)
    {
        var format = ExpositionFormat.Negotiate(context.Request.Headers.Accept);
        context.Response.ContentType = format.ContentType;
        Stream body = CompressedBody.Open(context);
        using var buffer = new PooledBufferWriter(pool);
        IExpositionWriter writer = format.IsProtobuf ? new ProtobufExposition(buffer, format.AllowsUtf8) : new TextExposition(buffer, format.AllowsUtf8);
        foreach (FederatedSeries one in series)
        {
            writer.Add(one);
            if (buffer.WrittenCount >= SendThreshold)
            {
                await body.WriteAsync(buffer.WrittenMemory, cancellationToken);
                buffer.Clear();
            }
        }

        writer.End();
        await body.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await CompressedBody.CompleteAsync(body);
    }
}
