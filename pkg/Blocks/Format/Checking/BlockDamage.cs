using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format.Checking;

/// <summary>A damaged section of a block.</summary>
/// <param name="File">File it is in.</param>
/// <param name="Path">The file's path or address.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="LengthBytes">Its length; 0 when unknown.</param>
/// <param name="Section">What it is.</param>
/// <param name="What">What does not hold.</param>
public sealed record BlockDamage(BlockFile File, string Path, long Offset, long LengthBytes, BlockSection Section, string What)
{
    /// <summary>Series and times that were in it, when the rest of the block tells.</summary>
    public LostSamples? Lost { get; init; }

    /// <summary>Damage of a section whose place is known.</summary>
    internal static BlockDamage Of(CorruptDataException corrupt, BlockFile file, BlockSection section, long offset, long lengthBytes) =>
        new(file, corrupt.File, offset, lengthBytes, section, corrupt.What);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Path}: offset {Offset}{(LengthBytes > 0 ? $", {LengthBytes} bytes" : "")}: {What}{(Lost is null ? "" : $", held {Lost}")}";
}

/// <summary>What a damaged section held.</summary>
/// <param name="FirstSeries">Number of the first series in label order.</param>
/// <param name="LastSeries">Number of the last, inclusive; not all samples of the series need be lost.</param>
/// <param name="MinTime">Oldest sample, milliseconds since the Unix epoch.</param>
/// <param name="MaxTime">Newest sample, inclusive.</param>
public sealed record LostSamples(int FirstSeries, int LastSeries, long MinTime, long MaxTime)
{
    /// <inheritdoc/>
    public override string ToString() => $"samples of series {FirstSeries} to {LastSeries} from {MinTime} to {MaxTime}";
}

/// <summary>What reading all of a block brought to light.</summary>
/// <param name="Damage">Damaged sections, by file and offset.</param>
/// <param name="BytesRead">Bytes read.</param>
public sealed record BlockVerification(IReadOnlyList<BlockDamage> Damage, long BytesRead)
{
    /// <summary>True when every byte is as written.</summary>
    public bool IsSound => Damage.Count == 0;
}

/// <summary>How far a verification is.</summary>
/// <param name="BytesDone">Bytes read.</param>
/// <param name="BytesTotal">Bytes to read in all, about; 0 as long as unknown.</param>
public readonly record struct BlockProgress(long BytesDone, long BytesTotal);
