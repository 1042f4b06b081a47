namespace RemoteStore.Model.Relabeling;

/// <summary>What a relabelling rule does.</summary>
public enum RelabelAction
{
    /// <summary>None was given; not valid.</summary>
    None,

    /// <summary>Sets the target to the replacement where the expression matches.</summary>
    Replace,

    /// <summary>Drops label sets that do not match.</summary>
    Keep,

    /// <summary>Drops label sets that match.</summary>
    Drop,

    /// <summary>Drops label sets whose target differs from the source.</summary>
    KeepEqual,

    /// <summary>Drops label sets whose target equals the source.</summary>
    DropEqual,

    /// <summary>Sets the target to the hash of the source modulo a number.</summary>
    HashMod,

    /// <summary>Copies labels whose name matches to the name that the replacement makes of it.</summary>
    LabelMap,

    /// <summary>Removes labels whose name matches.</summary>
    LabelDrop,

    /// <summary>Removes labels whose name does not match.</summary>
    LabelKeep,

    /// <summary>Sets the target to the source in lower case.</summary>
    Lowercase,

    /// <summary>Sets the target to the source in upper case.</summary>
    Uppercase,
}
