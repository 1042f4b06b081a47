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

    /// <summary>A write leaves half of its bytes, as no bucket may but a broken disk does, then fails; other operations fail.</summary>
    Torn,

    /// <summary>It happens late: others that were asked for later come first.</summary>
    Slow,
}
