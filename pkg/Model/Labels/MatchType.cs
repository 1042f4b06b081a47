namespace RemoteStore.Model.Labels;

/// <summary>Operator of a label matcher; numbers as in the remote read message.</summary>
public enum MatchType : byte
{
    /// <summary><c>=</c></summary>
    Equal = 0,

    /// <summary><c>!=</c></summary>
    NotEqual = 1,

    /// <summary><c>=~</c>, the whole value must match.</summary>
    Regexp = 2,

    /// <summary><c>!~</c></summary>
    NotRegexp = 3,
}
