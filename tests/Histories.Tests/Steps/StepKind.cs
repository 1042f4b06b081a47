namespace RemoteStore.Histories.Tests.Steps;

/// <summary>What a history is made of.</summary>
internal enum StepKind
{
    WriteInOrder,
    WriteHistogram,
    WriteLate,
    WriteBeyondWindow,
    WriteDuplicate,
    WriteConflict,
    WriteOutside,
    Flush,
    Merge,
    Cut,
    CutEnded,
    AdvanceClock,
    Crash,
    CrashDuring,
    Restart,
    Corrupt,
    Query,
    QueryLabels,
    Upload,
    Compact,
    Downsample,
    Delete,
    Storm,
    AdvanceDays,
    QueryWindows,
    PassDays,
}

/// <summary>One step; what it does in detail follows from its seed and from what the store holds by then, so that a history stays one when steps are left out.</summary>
internal readonly record struct Step(StepKind Kind, int Seed)
{
    public override string ToString() => $"{Kind}:{Seed}";
}
