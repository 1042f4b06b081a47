namespace RemoteStore.ObjectStore.S3;

/// <summary>Where an S3 bucket is and how it is reached.</summary>
public sealed record S3Options
{
    /// <summary>Host, with a port where it is not the usual one: <c>s3.eu-west-1.amazonaws.com</c>, <c>10.0.0.1:9000</c>.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Name of the bucket, which must exist.</summary>
    public string Bucket { get; init; } = "";

    /// <summary>Region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Access key.</summary>
    public string AccessKey { get; init; } = "";

    /// <summary>Secret key.</summary>
    public string SecretKey { get; init; } = "";

    /// <summary>False for clear text.</summary>
    public bool UseTls { get; init; } = true;

    /// <summary>What all keys of this user of the bucket begin with: empty, or ending in a slash. Nothing else of the bucket is touched by looking after it.</summary>
    public string KeyPrefix { get; init; } = "";

    /// <summary>Connections to the endpoint at most.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Faults of the values, empty when they are usable.</summary>
    public IEnumerable<string> Validate()
    {
        if (Endpoint.Length == 0 || Endpoint.Contains('/', StringComparison.Ordinal))
        {
            yield return "storage.object-store.s3.endpoint must be a host, with a port if need be, and no scheme";
        }

        if (Bucket.Length is < 3 or > 63)
        {
            yield return "storage.object-store.s3.bucket must be the name of a bucket";
        }

        if (AccessKey.Length == 0 || SecretKey.Length == 0)
        {
            yield return "storage.object-store.s3.access-key and storage.object-store.s3.secret-key must be set";
        }

        if (MaxConnections < 1)
        {
            yield return "storage.object-store.s3.max-connections must be at least 1";
        }
    }

    /// <summary>Shows everything but the secret.</summary>
    public override string ToString() => $"{(UseTls ? "https" : "http")}://{Endpoint}/{Bucket} ({Region})";
}
