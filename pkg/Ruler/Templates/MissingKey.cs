namespace RemoteStore.Ruler.Templates;

/// <summary>What a map gives for a name that is not in it.</summary>
internal enum MissingKey
{
    /// <summary>Nothing, which is printed as such.</summary>
    Nothing = 0,

    /// <summary>The empty value of its type.</summary>
    Zero,

    /// <summary>An error.</summary>
    Error,
}
