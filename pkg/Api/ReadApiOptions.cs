using RemoteStore.Api.Http;
using RemoteStore.Model.Regexp;
using RemoteStore.PromQL.Parser;

namespace RemoteStore.Api;

/// <summary>Bounds and defaults of the read API.</summary>
public sealed record ReadApiOptions
{
    /// <summary>How far federation looks back for a sample.</summary>
    public TimeSpan LookbackDelta { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Origins whose pages may read the API, as a regular expression that matches the whole of them.</summary>
    public string CorsOrigins { get; init; } = Cors.AnyOrigin;

    /// <summary>What queries are accepted.</summary>
    public ParserOptions Syntax { get; init; } = ParserOptions.Default;

    /// <summary>Largest remote read request, in bytes; holds for the body as sent and for its declared decoded length.</summary>
    public int RemoteReadMaxRequestBytes { get; init; } = 4 << 20;

    /// <summary>Most samples of one remote read response.</summary>
    public long RemoteReadSampleLimit { get; init; } = 50_000_000;

    /// <summary>Largest remote read response before compression, in bytes.</summary>
    public int RemoteReadMaxResponseBytes { get; init; } = 1 << 30;

    /// <summary>Remote reads served at once; further ones wait.</summary>
    public int RemoteReadConcurrency { get; init; } = 10;

    /// <summary>True when series may be deleted over HTTP.</summary>
    public bool EnableAdminApi { get; init; }

    /// <summary>Faults of the values, empty when they are usable.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Re2Regex.TryParse(CorsOrigins, out _, out string? error))
        {
            yield return $"web.cors.origin: {error}";
        }

        if (RemoteReadMaxRequestBytes < 1024 || RemoteReadMaxResponseBytes < 1024)
        {
            yield return "remote-read.max-request-bytes and remote-read.max-response-bytes must be at least 1024";
        }

        if (RemoteReadSampleLimit < 1)
        {
            yield return "remote-read.sample-limit must be at least 1";
        }

        if (RemoteReadConcurrency < 1)
        {
            yield return "remote-read.concurrency must be at least 1";
        }
    }
}
