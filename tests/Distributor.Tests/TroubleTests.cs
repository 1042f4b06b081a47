using RemoteStore.Storage;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Distributor.Tests;

/// <summary>Our own trouble is 503 or 500 with a wait, and never loses what was asked.</summary>
public sealed class TroubleTests
{
    private static readonly RequestSeries s_up = new RequestSeries("__name__", "up").Sample(1000, 1);

    [Fact]
    public async Task StoreUnavailable_Is503WithRetryAfterUntilItRecovers()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        host.Store.AppendFailure = new StorageUnavailableException("no space left on the log's disk");

        WriteAnswer refused = await host.SendV2Async(s_up);
        host.Store.AppendFailure = null;
        WriteAnswer accepted = await host.SendV2Async(s_up);

        refused.Status.ShouldBe(503);
        refused.Text.ShouldBe("no space left on the log's disk\n");
        int.Parse(refused.Header("Retry-After")!).ShouldBeInRange(3, 9);
        refused.Written.ShouldBe(("0", "0", "0"));
        accepted.Status.ShouldBe(204);
    }

    [Fact]
    public async Task UnexpectedError_Is500AndLogged()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        host.Store.AppendFailure = new InvalidOperationException("secret");

        WriteAnswer answer = await host.SendV1Async(s_up);

        answer.Status.ShouldBe(500);
        answer.Text.ShouldNotContain("secret");
        answer.Header("Retry-After").ShouldNotBeNull();
        host.Log.Lines.Count.ShouldBe(1);
        host.Log.Lines[0].ShouldStartWith("Error: ");
    }

    [Fact]
    public async Task DiskError_Is503()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        host.Store.AppendFailure = new IOException("disk");

        (await host.SendV1Async(s_up)).Status.ShouldBe(503);
    }

    [Fact]
    public async Task NotReady_Is503WithTheReason()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        host.Readiness.SetStopping("draining");

        WriteAnswer answer = await host.SendV1Async(s_up);

        answer.Status.ShouldBe(503);
        answer.Text.ShouldBe("not ready: draining\n");
        host.Store.Appends.ShouldBe(0);
    }

    [Fact]
    public async Task TooManyBytesInFlight_Is503()
    {
        await using WriteHost host = await WriteHost.StartAsync(new RemoteWriteOptions { MaxInflightBytes = 10 });

        WriteAnswer answer = await host.SendV1Async(s_up);

        answer.Status.ShouldBe(503);
        answer.Text.ShouldContain("in flight");
    }

    [Fact]
    public async Task EveryOutcome_GivesTheBytesInFlightBack()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        await host.SendV1Async(s_up);
        await host.SendAsync([1, 2, 3]);
        await host.SendAsync(new byte[100_000], chunked: true);
        host.Store.AppendFailure = new IOException("disk");
        await host.SendV1Async(s_up);

        (await host.MetricsAsync()).ShouldContain("remotestore_distributor_inflight_bytes 0");
    }

    [Fact]
    public async Task Refusals_AreLoggedOncePerInterval()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            await host.SendV1Async(new RequestSeries("nameless", "x").Sample(1, 1));
        }

        host.Log.Lines.Count.ShouldBe(1);
        host.Log.Lines[0].ShouldContain("missing_metric_name: 1");
    }

    [Fact]
    public async Task Metrics_CountRequestsAndSamplesByTheirNames()
    {
        await using WriteHost host = await WriteHost.StartAsync();
        await host.SendV1Async(s_up);
        await host.SendV2Async(s_up, new RequestSeries("nameless", "x").Sample(1, 1));

        string metrics = await host.MetricsAsync();

        metrics.ShouldContain("remotestore_distributor_requests_total{code=\"204\",protocol=\"1.0\"} 1");
        metrics.ShouldContain("remotestore_distributor_requests_total{code=\"400\",protocol=\"2.0\"} 1");
        metrics.ShouldContain("remotestore_distributor_received_samples_total 3");
        metrics.ShouldContain("remotestore_distributor_received_histograms_total 0");
        metrics.ShouldContain("remotestore_distributor_received_exemplars_total 0");
        metrics.ShouldContain("remotestore_distributor_rejected_samples_total{reason=\"missing_metric_name\"} 1");
        metrics.ShouldContain("remotestore_distributor_rejected_samples_total{reason=\"out_of_order\"} 0");
        metrics.ShouldContain("remotestore_distributor_request_duration_seconds_count 2");
    }
}
