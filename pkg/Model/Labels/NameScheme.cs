namespace RemoteStore.Model.Labels;

/// <summary>Which texts are names.</summary>
public enum NameScheme : byte
{
    /// <summary>Any valid UTF-8 that is not empty.</summary>
    Utf8 = 0,

    /// <summary><c>[a-zA-Z_:][a-zA-Z0-9_:]*</c> for metrics, the same without colon for labels.</summary>
    Legacy = 1,
}
