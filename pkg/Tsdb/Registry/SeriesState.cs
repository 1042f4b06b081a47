using System.Runtime.InteropServices;
using RemoteStore.Model;

namespace RemoteStore.Tsdb.Registry;

/// <summary>What the registry keeps of one series besides its labels; 40 bytes in native memory, the label bytes follow directly.</summary>
/// <remarks>
/// The owner changes the public fields under its lock. Readers without the lock see each 64-bit field whole, but not all fields of one moment.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public struct SeriesState
{
    /// <summary>Longest labels a series can have, in bytes.</summary>
    public const int MaxKeyBytes = (1 << 24) - 1;

    internal const int Size = 40;

    /// <summary>Newest sample's timestamp in milliseconds; <see cref="long.MinValue"/> = unknown.</summary>
    public long LastTimestamp;

    /// <summary>Bits of the newest sample's value; means nothing while <see cref="LastTimestamp"/> is unknown.</summary>
    public long LastValueBits;

    /// <summary>The owner's: row of the newest sample in the memtable, -1 = none. Not durable.</summary>
    public long HeadRow;

    /// <summary>Oldest sample's timestamp in milliseconds; <see cref="long.MaxValue"/> = unknown.</summary>
    public long FirstTimestamp;

    /// <summary>Number of the series; do not change.</summary>
    public SeriesRef Ref;

    /// <summary>The owner's, saved in snapshots.</summary>
    public byte Flags;

    private byte _keyLengthHigh;
    private ushort _keyLengthLow;

    /// <summary>Takes over what changes: everything but ref and labels.</summary>
    internal void CopyFrom(in SeriesState other)
    {
        LastTimestamp = other.LastTimestamp;
        LastValueBits = other.LastValueBits;
        HeadRow = other.HeadRow;
        FirstTimestamp = other.FirstTimestamp;
        Flags = other.Flags;
    }

    internal int KeyLength
    {
        readonly get => _keyLengthLow | (_keyLengthHigh << 16);
        set
        {
            _keyLengthLow = (ushort)value;
            _keyLengthHigh = (byte)(value >> 16);
        }
    }
}
