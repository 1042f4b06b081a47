namespace RemoteStore.Storage.Querying;

/// <summary>What a consumer needs of windows. Their spans, the time of the last sample and that of the stale marker come with any of them.</summary>
[Flags]
public enum WindowColumns
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><see cref="WindowAggregate.Last"/>.</summary>
    Last = 1,

    /// <summary><see cref="WindowAggregate.First"/> and <see cref="WindowAggregate.FirstMs"/>.</summary>
    First = 2,

    /// <summary><see cref="WindowAggregate.Count"/>; without it the count is 1 where there are samples.</summary>
    Count = 4,

    /// <summary><see cref="WindowAggregate.Sum"/>.</summary>
    Sum = 8,

    /// <summary><see cref="WindowAggregate.Min"/>.</summary>
    Min = 16,

    /// <summary><see cref="WindowAggregate.Max"/>.</summary>
    Max = 32,

    /// <summary><see cref="WindowAggregate.Resets"/>.</summary>
    Resets = 64,

    /// <summary>Everything.</summary>
    All = Last | First | Count | Sum | Min | Max | Resets,
}
