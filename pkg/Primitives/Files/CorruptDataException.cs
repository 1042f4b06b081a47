namespace RemoteStore.Primitives.Files;

/// <summary>Bytes that were read are not what was written: a checksum, a bound or a magic number does not hold.</summary>
public sealed class CorruptDataException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="source">File or object the bytes came from.</param>
    /// <param name="offset">Offset of the damaged structure, in bytes.</param>
    /// <param name="what">What does not hold.</param>
    public CorruptDataException(string source, long offset, string what)
        : base($"{source} is corrupt at offset {offset}: {what}")
    {
        File = source;
        Offset = offset;
        What = what;
    }

    /// <summary>File or object the bytes came from.</summary>
    public string File { get; }

    /// <summary>Offset of the damaged structure, in bytes.</summary>
    public long Offset { get; }

    /// <summary>What does not hold.</summary>
    public string What { get; }
}
