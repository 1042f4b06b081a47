using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.ObjectStore.S3;

namespace RemoteStore.BlockStore.Places;

/// <summary>Where blocks are kept for long.</summary>
public sealed record ObjectStoreOptions
{
    /// <summary>What holds the objects.</summary>
    public ObjectStoreBackend Backend { get; init; } = ObjectStoreBackend.FileSystem;

    /// <summary>Folder of <see cref="ObjectStoreBackend.FileSystem"/>; empty = <c>bucket</c> in the data directory.</summary>
    public string Directory { get; init; } = "";

    /// <summary>What all keys begin with, slashes at its ends left out; empty = nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The same as part of keys: empty, or ending in a slash.</summary>
    public string KeyPrefix => Prefix.Trim('/') is { Length: > 0 } trimmed ? trimmed + "/" : "";

    /// <summary>How <see cref="ObjectStoreBackend.S3"/> is reached.</summary>
    public S3Options S3 { get; init; } = new();

    /// <summary>File with the keys for S3, in the form of Amazon's tools; empty = they are in <see cref="S3"/>.</summary>
    public string CredentialsFile { get; init; } = "";

    /// <summary>How often and how long requests are tried.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>Faults of the values, empty when they are usable.</summary>
    public IEnumerable<string> Validate()
    {
        if (Prefix.Length > 0 && !IsPrefix(Prefix))
        {
            yield return "storage.object-store.prefix must be printable ASCII without spaces, parts joined by slashes";
        }

        // The keys may be in the file, which is read at start.
        S3Options s3 = CredentialsFile.Length == 0 ? S3 : S3 with { AccessKey = "in the file", SecretKey = "in the file" };
        foreach (string fault in Retry.Validate().Concat(Backend == ObjectStoreBackend.S3 ? s3.Validate() : []))
        {
            yield return fault;
        }
    }

    private static bool IsPrefix(string prefix)
    {
        try
        {
            ObjectKey.Check(prefix.Trim('/'));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
