namespace RemoteStore.Ruler.Templates.Values;

/// <summary>What a function takes.</summary>
internal enum GoKind
{
    /// <summary>Anything.</summary>
    Any,
    Text,
    Float,
    Int,
    Bool,

    /// <summary>One series of an answer.</summary>
    Sample,

    /// <summary>An answer.</summary>
    Samples,
    Duration,
    Time,
}
