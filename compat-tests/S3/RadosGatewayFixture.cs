using Minio;
using Minio.DataModel.Args;
using RemoteStore.CompatTests.Peers;
using RemoteStore.ObjectStore.S3;
using Xunit;

namespace RemoteStore.CompatTests.S3;

/// <summary>One gateway for all tests of a collection, when it is installed.</summary>
public sealed class RadosGatewayFixture : IAsyncLifetime
{
    private RadosGateway? _gateway;
    private int _buckets;

    /// <summary>Host and port.</summary>
    public string Endpoint => _gateway!.Endpoint;

    /// <summary>How to reach a bucket.</summary>
    public S3Options Options(string bucket) => new()
    {
        Endpoint = Endpoint,
        Bucket = bucket,
        AccessKey = RadosGateway.AccessKey,
        SecretKey = RadosGateway.SecretKey,
        UseTls = false,
    };

    /// <summary>Makes an empty bucket.</summary>
    public async Task<string> NewBucketAsync()
    {
        string name = $"bucket-{Interlocked.Increment(ref _buckets)}";
        using IMinioClient client = new MinioClient().WithEndpoint(Endpoint).WithRegion("us-east-1")
            .WithCredentials(RadosGateway.AccessKey, RadosGateway.SecretKey).Build();
        await client.MakeBucketAsync(new MakeBucketArgs().WithBucket(name));
        return name;
    }

    public async Task InitializeAsync()
    {
        if (RadosGateway.Programs.All(static program => PeerProcess.Find(program) is not null))
        {
            _gateway = await RadosGateway.StartAsync(CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }
    }
}
