namespace RemoteStore.Blocks.Format.Writing;

/// <summary>The series of a block between the time they are added and the time they are laid out in label order. Used in the order of its members.</summary>
internal interface ISeriesOrder
{
    /// <summary>Series so far.</summary>
    int Count { get; }

    /// <summary>The distinct label pairs; complete once <see cref="NumberPairs"/> was called.</summary>
    PairTable Pairs { get; }

    /// <summary>Takes note of a series.</summary>
    /// <param name="labels">Its canonical labels.</param>
    /// <param name="record">Where its samples lie in the spool.</param>
    /// <exception cref="ArgumentException">The labels are not allowed at this place.</exception>
    void Add(ReadOnlyMemory<byte> labels, SpoolRecord record);

    /// <summary>Brings the series into label order.</summary>
    /// <exception cref="ArgumentException">A label set was added twice.</exception>
    void Sort();

    /// <summary>Samples of a series.</summary>
    /// <param name="number">Its number in label order.</param>
    SpoolRecord Record(int number);

    /// <summary>Numbers the label pairs of all series.</summary>
    void NumberPairs(CancellationToken cancellationToken);

    /// <summary>Pair numbers of the next series in label order, ascending; the first call is for series 0.</summary>
    void NextPairs(List<int> pairs);
}

/// <summary>Where a series' samples lie in the spool.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="LengthBytes">Bytes.</param>
internal readonly record struct SpoolRecord(long Offset, int LengthBytes);
