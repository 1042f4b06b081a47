using System.Globalization;
using Prometheus;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;
using RemoteStore.Telemetry;

namespace RemoteStore.Distributor;

/// <summary>Metrics of the remote write receiver.</summary>
internal sealed class DistributorMetrics
{
    private static readonly string[] s_protocols = ["1.0", "2.0"];

    private readonly Counter _requests;
    private readonly Counter.Child[] _accepted;
    private readonly Counter _samples;
    private readonly Counter _histograms;
    private readonly Counter _exemplars;
    private readonly Counter.Child[] _rejected;
    private readonly Histogram _duration;

    public DistributorMetrics(MetricsRegistry registry, InflightBudget inflight)
    {
        _requests = registry.Counter("remotestore_distributor_requests_total", "Remote write requests by status code and protocol.", "code", "protocol");
        _accepted = [.. s_protocols.Select(protocol => _requests.WithLabels("204", protocol))];
        _samples = registry.Counter("remotestore_distributor_received_samples_total", "Float samples received.");
        _histograms = registry.Counter("remotestore_distributor_received_histograms_total", "Histogram samples received.");
        _exemplars = registry.Counter("remotestore_distributor_received_exemplars_total", "Exemplars received.");
        Counter rejected = registry.Counter(
            "remotestore_distributor_rejected_samples_total", "Samples, histograms and exemplars refused, by reason.", "reason");
        _rejected = [.. RejectText.Reasons.Select(reason => rejected.WithLabels(reason))];
        _duration = registry.Latency("remotestore_distributor_request_duration_seconds", "Time from a request's headers to its answer.");
        Gauge held = registry.Gauge("remotestore_distributor_inflight_bytes", "Bytes of requests held, bodies and decoded forms.");
        registry.BeforeCollect(() => held.Set(inflight.UsedBytes));
    }

    public void RequestCompleted(int statusCode, WriteProtocol protocol, TimeSpan duration)
    {
        if (statusCode == 204)
        {
            _accepted[(int)protocol].Inc();
        }
        else
        {
            _requests.WithLabels(statusCode.ToString(CultureInfo.InvariantCulture), s_protocols[(int)protocol]).Inc();
        }

        _duration.Observe(duration.TotalSeconds);
    }

    public void Received(WriteBatch batch)
    {
        _samples.Inc(batch.SampleCount);
        _histograms.Inc(batch.Histograms.Count);
        _exemplars.Inc(batch.Exemplars.Count);
    }

    public void Rejected(RejectTally rejects)
    {
        for (int i = 0; i < _rejected.Length; i++)
        {
            long count = rejects.Count((AppendStatus)i);
            if (count > 0)
            {
                _rejected[i].Inc(count);
            }
        }
    }
}
