namespace RemoteStore.Tsdb.Wal;

/// <summary>What an entry's payload holds. The numbers are on disk: they are never changed or used again.</summary>
public enum WalEntryType : byte
{
    /// <summary>Samples and histograms of one tenant.</summary>
    Rows = 1,

    /// <summary>Exemplars of one tenant.</summary>
    Exemplars = 2,

    /// <summary>Metric metadata of one tenant.</summary>
    Metadata = 3,
}
