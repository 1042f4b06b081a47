using System.Globalization;

namespace RemoteStore.ObjectStore;

/// <summary>Errors that several buckets have.</summary>
internal static class BucketErrors
{
    public static BucketException TooLarge(string key, long size, long maxBytes) => new(
        "read", key, string.Create(CultureInfo.InvariantCulture, $"the object has {size} bytes, more than the {maxBytes} that were expected at most"), isTransient: false);
}
