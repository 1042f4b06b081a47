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

    /// <summary>
    /// True when views that are opened from now on are without what cannot be read, have what else is stored in its place, and tell of the gap: what is damaged is
    /// damaged for every reader. Then it is to be read anew, whether or not the caller takes partial answers.
    /// </summary>
    public bool IsSetAside { get; init; }
}
