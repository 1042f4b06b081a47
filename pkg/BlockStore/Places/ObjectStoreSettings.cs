using RemoteStore.Options;
using static RemoteStore.Options.OptionTypes<RemoteStore.BlockStore.Places.ObjectStoreOptions>;

namespace RemoteStore.BlockStore.Places;

/// <summary>Where blocks are kept for long, as options: the same for every program that uses a bucket.</summary>
public static class ObjectStoreSettings
{
    /// <summary>Heading of the options.</summary>
    public const string Group = "Object storage";

    /// <summary>Name of the option that says what holds the objects.</summary>
    public const string Backend = "storage.object-store.backend";

    /// <summary>Name of the option for the directory.</summary>
    public const string Directory = "storage.object-store.directory";

    /// <summary>The options.</summary>
    public static IReadOnlyList<OptionDescriptor<ObjectStoreOptions>> All { get; } =
    [
        Choice(Group, Backend, "Where blocks are kept for long: a directory, a bucket of an S3-compatible store, or memory (for trying things out).",
            static o => o.Backend,
            static (o, value) => o with { Backend = value },
            ("filesystem", ObjectStoreBackend.FileSystem), ("memory", ObjectStoreBackend.Memory), ("s3", ObjectStoreBackend.S3)),
        Text(Group, Directory, "path", "Directory of the backend filesystem; empty = bucket in the data directory.",
            static o => o.Directory,
            static (o, value) => o with { Directory = value }),
        Text(Group, "storage.object-store.prefix", "path", "What all names in the object store begin with, so that several servers can share a bucket.",
            static o => o.Prefix,
            static (o, value) => o with { Prefix = value }),
        Duration(Group, "storage.object-store.timeout", "Longest time of one attempt, beside what its bytes take at 1 MiB/s.",
            static o => o.Retry.AttemptTimeout,
            static (o, value) => o with { Retry = o.Retry with { AttemptTimeout = value } },
            TimeSpan.FromMilliseconds(100)),
        Count(Group, "storage.object-store.max-attempts", "Most attempts of a request whose fault may pass.",
            static o => o.Retry.MaxAttempts,
            static (o, value) => o with { Retry = o.Retry with { MaxAttempts = (int)value } },
            1, 10_000),
        Text(Group, "storage.object-store.s3.endpoint", "host", "Host of the S3-compatible store, with a port if need be: s3.eu-west-1.amazonaws.com, 10.0.0.1:9000. Paths name the bucket, except at Amazon's.",
            static o => o.S3.Endpoint,
            static (o, value) => o with { S3 = o.S3 with { Endpoint = value } }),
        Text(Group, "storage.object-store.s3.bucket", "name", "Name of the bucket, which must exist.",
            static o => o.S3.Bucket,
            static (o, value) => o with { S3 = o.S3 with { Bucket = value } }),
        Text(Group, "storage.object-store.s3.region", "name", "Region that requests are signed for.",
            static o => o.S3.Region,
            static (o, value) => o with { S3 = o.S3 with { Region = value } }),
        Switch(Group, "storage.object-store.s3.tls", "Speak TLS with the store.",
            static o => o.S3.UseTls,
            static (o, value) => o with { S3 = o.S3 with { UseTls = value } }),
        Text(Group, "storage.object-store.s3.access-key", "key", "Access key.",
            static o => o.S3.AccessKey,
            static (o, value) => o with { S3 = o.S3 with { AccessKey = value } }),
        Text(Group, "storage.object-store.s3.secret-key", "key", "Secret key; better given by the environment or storage.object-store.s3.credentials-file.",
            static o => o.S3.SecretKey,
            static (o, value) => o with { S3 = o.S3 with { SecretKey = value } },
            isSecret: true),
        Text(Group, "storage.object-store.s3.credentials-file", "path", "File with aws_access_key_id = … and aws_secret_access_key = …, read at start; the keys in it come before the other options.",
            static o => o.CredentialsFile,
            static (o, value) => o with { CredentialsFile = value }),
        Count(Group, "storage.object-store.s3.max-connections", "Most connections to the store.",
            static o => o.S3.MaxConnections,
            static (o, value) => o with { S3 = o.S3 with { MaxConnections = (int)value } },
            1, 10_000),
    ];
}
