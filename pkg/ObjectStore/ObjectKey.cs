namespace RemoteStore.ObjectStore;

/// <summary>Names of objects: printable ASCII, parts joined by slashes, at most 900 bytes, so that each is a path on every file system and a key on every S3.</summary>
public static class ObjectKey
{
    /// <summary>Longest key; S3 allows 1,024 bytes, and a prefix goes before.</summary>
    public const int MaxLength = 900;

    private const int MaxPartLength = 200;

    /// <summary>Refuses what is no key.</summary>
    /// <exception cref="ArgumentException">It is empty, too long, has an empty part, a part <c>.</c> or <c>..</c>, or a character that is not printable ASCII.</exception>
    public static void Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > MaxLength || key.AsSpan().ContainsAnyExceptInRange('!', '~') || key.Contains('\\', StringComparison.Ordinal))
        {
            throw new ArgumentException($"\"{key}\" is no object key", nameof(key));
        }

        foreach (Range part in key.AsSpan().Split('/'))
        {
            if (key.AsSpan(part) is "" or "." or ".." || key.AsSpan(part).Length > MaxPartLength)
            {
                throw new ArgumentException($"\"{key}\" is no object key", nameof(key));
            }
        }
    }
}
