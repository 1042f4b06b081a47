using RemoteStore.Storage.Appending;

namespace RemoteStore.Storage.Administration;

/// <summary>What a store knows of its own durability. Answers at any time, during replay too; safe for concurrent use.</summary>
public interface IDurabilityStatus
{
    /// <summary>Losses found, failures met, and the state of the log.</summary>
    DurabilityReport GetDurability();

    /// <summary>How far the replay at start is.</summary>
    WalReplayProgress GetWalReplay();
}

/// <summary>State of the write-ahead log.</summary>
public enum WalState
{
    /// <summary>Being read at start; no writes are taken.</summary>
    Replaying,

    /// <summary>Taking writes.</summary>
    Healthy,

    /// <summary>A commit failed: writes answer 503 until a new log generation is open.</summary>
    Failed,

    /// <summary>Closed for shutdown.</summary>
    Stopped,
}

/// <summary>Losses found, failures met, and the state of the log.</summary>
/// <param name="Mode">What an acknowledgement stands for.</param>
/// <param name="WalState">State of the log.</param>
/// <param name="WalGeneration">Name of the log generation in use, empty when there is none.</param>
/// <param name="LostWindows">Stretches of the log that could not be read at start, oldest first.</param>
/// <param name="QuarantinedParts">Parts set aside because they are corrupt, oldest first.</param>
/// <param name="LastFsyncFailure">The latest write or sync that failed, null when none did.</param>
public sealed record DurabilityReport(
    Durability Mode,
    WalState WalState,
    string WalGeneration,
    IReadOnlyList<LostWindow> LostWindows,
    IReadOnlyList<QuarantinedPart> QuarantinedParts,
    FsyncFailure? LastFsyncFailure);

/// <summary>A stretch of the log that could not be read. Everything before and behind it was loaded.</summary>
/// <param name="Generation">Log generation.</param>
/// <param name="File">Segment file.</param>
/// <param name="StartOffset">First unreadable byte.</param>
/// <param name="EndOffset">Byte after the last unreadable one.</param>
/// <param name="FirstSequence">Sequence number of the first entry that is missing.</param>
/// <param name="LastSequence">Sequence number of the last entry that is missing; null when no entry follows, so that the number is not known.</param>
/// <param name="CopiedTo">Where the bytes were copied, null when they could not be.</param>
/// <param name="Reason">What does not hold there.</param>
public sealed record LostWindow(
    string Generation, string File, long StartOffset, long EndOffset, long FirstSequence, long? LastSequence, string? CopiedTo, string Reason);

/// <summary>A part that was set aside.</summary>
/// <param name="Part">Its name.</param>
/// <param name="MovedTo">Where it lies now.</param>
/// <param name="Reason">What does not hold in it.</param>
/// <param name="TimestampMs">When it was set aside, milliseconds since the Unix epoch.</param>
public sealed record QuarantinedPart(string Part, string MovedTo, string Reason, long TimestampMs);

/// <summary>A write or sync that failed.</summary>
/// <param name="TimestampMs">When, milliseconds since the Unix epoch.</param>
/// <param name="What">What was attempted, on which file, and the error.</param>
public sealed record FsyncFailure(long TimestampMs, string What);

/// <summary>How far replay is.</summary>
public enum WalReplayState
{
    /// <summary>Not begun.</summary>
    Waiting,

    /// <summary>Under way.</summary>
    InProgress,

    /// <summary>Finished.</summary>
    Done,
}

/// <summary>How far the replay at start is, counted in log segments.</summary>
/// <param name="Min">Number of the first segment.</param>
/// <param name="Max">Number of the last segment.</param>
/// <param name="Current">Segment being read.</param>
/// <param name="State">Phase.</param>
public readonly record struct WalReplayProgress(long Min, long Max, long Current, WalReplayState State);
