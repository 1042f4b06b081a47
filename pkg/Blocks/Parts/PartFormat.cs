namespace RemoteStore.Blocks.Parts;

/// <summary>Constants of format version 1; see docs/part.md. They are on disk: none may change without a new version.</summary>
internal static class PartFormat
{
    public const ushort Version = 1;

    public const ulong FileMagic = 0x0a0d545241505352; // "RSPART\r\n"
    public const uint BlockMagic = 0x4b4c4252; // "RBLK"
    public const ulong IndexMagic = 0x5845444e49505352; // "RSPINDEX"
    public const ulong FooterMagic = 0x0a444e4550535352; // "RSSPEND\n"

    public const int FileHeaderLength = 32;
    public const int BlockHeaderLength = 64;
    public const int IndexHeaderLength = 64;
    public const int IndexEntryLength = 40;
    public const int FooterLength = 48;

    /// <summary>Most rows of a block: a reader allocates for so many before it trusts the block.</summary>
    public const int MaxBlockRows = 1 << 16;

    /// <summary>Longest histogram payload.</summary>
    public const int MaxPayloadBytes = 64 << 20;

    /// <summary>Longest block body.</summary>
    public const int MaxBodyBytes = 256 << 20;
}

/// <summary>What the rows of a block are. Persisted: never renumber.</summary>
internal enum BlockKind : byte
{
    /// <summary>Float samples.</summary>
    Floats = 1,

    /// <summary>Native histogram samples.</summary>
    Histograms = 2,
}

/// <summary>How the columns of a block are encoded. Persisted: never renumber.</summary>
internal enum BlockEncoding : byte
{
    /// <summary>Runs of rows: docs/part.md, "Rows encoding".</summary>
    Rows = 1,

    /// <summary>Chunks of long runs: docs/part.md, "Columns encoding".</summary>
    Columns = 2,
}

/// <summary>Properties of a block. Persisted: never renumber.</summary>
[Flags]
internal enum BlockFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Rows have start timestamps.</summary>
    StartTimestamps = 1,
}
