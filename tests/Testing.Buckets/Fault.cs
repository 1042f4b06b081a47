namespace RemoteStore.Testing.Buckets;

/// <summary>What goes wrong with an operation.</summary>
public enum Fault
{
    None,

    /// <summary>It fails before anything happens.</summary>
    Before,

    /// <summary>It happens, then the answer is lost.</summary>
    After,

    /// <summary>It never answers.</summary>
    Hang,

    /// <summary>It fails for good.</summary>
    Permanent,
}
