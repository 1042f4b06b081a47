using RemoteStore.BlockStore;
using static RemoteStore.Server.Options.OptionTypes;

namespace RemoteStore.Server.Options;

/// <summary>Options of blocks on object storage, a section of <see cref="OptionTable"/>.</summary>
internal static class ObjectStoreOptionTable
{
    private const string Group = "Object storage";

    /// <summary>The options.</summary>
    public static IReadOnlyList<OptionDescriptor> All { get; } =
    [
        Duration(Group, "storage.hot-period", "Blocks stay on the local disk this long after their time range ended, and until the object store has them.",
            static o => o.Blocks.HotPeriod,
            static (o, value) => o.WithBlocks(b => b with { HotPeriod = value })),
        Duration(Group, "storage.bucket-index.update-interval", "List the blocks of each tenant in the object store this often.",
            static o => o.Blocks.IndexUpdateInterval,
            static (o, value) => o.WithBlocks(b => b with { IndexUpdateInterval = value }),
            TimeSpan.FromSeconds(1)),
        Duration(Group, "storage.bucket-index.refresh-interval", "Load the lists of blocks that other processes make this often.",
            static o => o.Blocks.IndexRefreshInterval,
            static (o, value) => o.WithBlocks(b => b with { IndexRefreshInterval = value }),
            TimeSpan.FromSeconds(1)),
        Choice(Group, "storage.object-store.backend", "Where blocks are kept for long: a directory, a bucket of an S3-compatible store, or memory (for trying things out).",
            static o => o.ObjectStore.Backend,
            static (o, value) => o.WithObjectStore(s => s with { Backend = value }),
            ("filesystem", ObjectStoreBackend.FileSystem), ("memory", ObjectStoreBackend.Memory), ("s3", ObjectStoreBackend.S3)),
        Text(Group, "storage.object-store.directory", "path", "Directory of the backend filesystem; empty = bucket in the data directory.",
            static o => o.ObjectStore.Directory,
            static (o, value) => o.WithObjectStore(s => s with { Directory = value })),
        Text(Group, "storage.object-store.prefix", "path", "What all names in the object store begin with, so that several servers can share a bucket.",
            static o => o.ObjectStore.Prefix,
            static (o, value) => o.WithObjectStore(s => s with { Prefix = value })),
        Duration(Group, "storage.object-store.timeout", "Longest time of one attempt, beside what its bytes take at 1 MiB/s.",
            static o => o.ObjectStore.Retry.AttemptTimeout,
            static (o, value) => o.WithObjectStore(s => s with { Retry = s.Retry with { AttemptTimeout = value } }),
            TimeSpan.FromMilliseconds(100)),
        Count(Group, "storage.object-store.max-attempts", "Most attempts of a request whose fault may pass.",
            static o => o.ObjectStore.Retry.MaxAttempts,
            static (o, value) => o.WithObjectStore(s => s with { Retry = s.Retry with { MaxAttempts = (int)value } }),
            1, 10_000),
        Text(Group, "storage.object-store.s3.endpoint", "host", "Host of the S3-compatible store, with a port if need be: s3.eu-west-1.amazonaws.com, 10.0.0.1:9000. Paths name the bucket, except at Amazon's.",
            static o => o.ObjectStore.S3.Endpoint,
            static (o, value) => o.WithObjectStore(s => s with { S3 = s.S3 with { Endpoint = value } })),
        Text(Group, "storage.object-store.s3.bucket", "name", "Name of the bucket, which must exist.",
            static o => o.ObjectStore.S3.Bucket,
            static (o, value) => o.WithObjectStore(s => s with { S3 = s.S3 with { Bucket = value } })),
        Text(Group, "storage.object-store.s3.region", "name", "Region that requests are signed for.",
            static o => o.ObjectStore.S3.Region,
            static (o, value) => o.WithObjectStore(s => s with { S3 = s.S3 with { Region = value } })),
        Switch(Group, "storage.object-store.s3.tls", "Speak TLS with the store.",
            static o => o.ObjectStore.S3.UseTls,
            static (o, value) => o.WithObjectStore(s => s with { S3 = s.S3 with { UseTls = value } })),
        Text(Group, "storage.object-store.s3.access-key", "key", "Access key.",
            static o => o.ObjectStore.S3.AccessKey,
            static (o, value) => o.WithObjectStore(s => s with { S3 = s.S3 with { AccessKey = value } })),
        Text(Group, "storage.object-store.s3.secret-key", "key", "Secret key; better given by the environment or storage.object-store.s3.credentials-file.",
            static o => o.ObjectStore.S3.SecretKey,
            static (o, value) => o.WithObjectStore(s => s with { S3 = s.S3 with { SecretKey = value } }),
            isSecret: true),
        Text(Group, "storage.object-store.s3.credentials-file", "path", "File with aws_access_key_id = … and aws_secret_access_key = …, read at start; the keys in it come before the other options.",
            static o => o.ObjectStore.CredentialsFile,
            static (o, value) => o.WithObjectStore(s => s with { CredentialsFile = value })),
        Count(Group, "storage.object-store.s3.max-connections", "Most connections to the store.",
            static o => o.ObjectStore.S3.MaxConnections,
            static (o, value) => o.WithObjectStore(s => s with { S3 = s.S3 with { MaxConnections = (int)value } }),
            1, 10_000),
        Text(Group, "downsampling.tiers", "tiers", "Windows that old samples are summed up in, and the age at which they are: resolution:age,…; empty = none.",
            static o => o.Downsampling.Tiers,
            static (o, value) => o with { Downsampling = o.Downsampling with { Tiers = value } },
            DownsamplingOptions.FaultOf),
        Duration(Group, "downsampling.interval", "Look for samples that are old enough this often.",
            static o => o.Downsampling.Interval,
            static (o, value) => o with { Downsampling = o.Downsampling with { Interval = value } },
            TimeSpan.FromSeconds(1)),
    ];

    private static RemoteStoreOptions WithBlocks(this RemoteStoreOptions options, Func<BlockStoreOptions, BlockStoreOptions> change) =>
        options with { Blocks = change(options.Blocks) };

    private static RemoteStoreOptions WithObjectStore(this RemoteStoreOptions options, Func<ObjectStoreOptions, ObjectStoreOptions> change) =>
        options with { ObjectStore = change(options.ObjectStore) };
}
