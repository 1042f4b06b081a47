namespace RemoteStore.Tsdb.Wal;

/// <summary>Where an entry lies: a log generation and the logical address of the entry's start in it. Later entries compare greater.</summary>
/// <param name="Generation">Number of the generation folder.</param>
/// <param name="Address">Logical address in bytes; segment and offset in it follow from the generation's segment size.</param>
public readonly record struct WalPosition(uint Generation, long Address) : IComparable<WalPosition>
{
    /// <inheritdoc/>
    public int CompareTo(WalPosition other)
    {
        int byGeneration = Generation.CompareTo(other.Generation);
        return byGeneration != 0 ? byGeneration : Address.CompareTo(other.Address);
    }

    /// <summary>True when <paramref name="left"/> lies before <paramref name="right"/>.</summary>
    public static bool operator <(WalPosition left, WalPosition right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> lies behind <paramref name="right"/>.</summary>
    public static bool operator >(WalPosition left, WalPosition right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> does not lie behind <paramref name="right"/>.</summary>
    public static bool operator <=(WalPosition left, WalPosition right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> does not lie before <paramref name="right"/>.</summary>
    public static bool operator >=(WalPosition left, WalPosition right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Generation:x8}+{Address}";
}
