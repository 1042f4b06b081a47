namespace RemoteStore.Storage.Querying;

/// <summary>
/// A read that would lack samples. What cannot be read is named, so that the caller may ask again without it (<see cref="PartialReads"/>) and say so in the
/// answer.
/// </summary>
public sealed class MissingDataException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="missing">What is missing; at least one gap.</param>
    /// <param name="innerException">What went wrong.</param>
    public MissingDataException(IReadOnlyList<MissingData> missing, Exception? innerException = null)
        : base($"the answer would be incomplete: {string.Join("; ", missing ?? [])}", innerException)
    {
        ArgumentNullException.ThrowIfNull(missing);
        ArgumentOutOfRangeException.ThrowIfZero(missing.Count);
        Missing = missing;
    }

    /// <summary>What is missing; at least one gap.</summary>
    public IReadOnlyList<MissingData> Missing { get; }
}
